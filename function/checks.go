// SPDX-License-Identifier: Apache-2.0

package function

// The ids of the checks: the tag that each result carries.
const (
	checkTag = "check"

	checkConfig             = "config"
	checkReference          = "reference"
	checkSecret             = "secret"
	checkMissingTarget      = "missing-target"
	checkMissingReference   = "missing-reference"
	checkServerUnusable     = "server-unusable"
	checkServiceAccount     = "service-account"
	checkPlaintext          = "plaintext"
	checkSecretMissing      = "secret-missing"
	checkOperatorOwned      = "operator-owned"
	checkRegistryMismatch   = "registry-mismatch"
	checkRegistryPartial    = "registry-partial"
	checkRegistryUnknown    = "registry-unknown"
	checkHiddenCredential   = "hidden-credential"
	checkInvalidImage       = "invalid-image"
	checkSecretMalformed    = "secret-malformed"
	checkSecretRefused      = "secret-refused"
	checkSecretConflict     = "secret-conflict"
	checkSecretType         = "secret-type"
	checkSecretNamespace    = "secret-namespace"
	checkDuplicateReference = "duplicate-reference"
	checkUncoveredWorkload  = "uncovered-workload"
	checkAmbiguous          = "ambiguous"
	checkBootstrap          = "bootstrap"
	checkUnread             = "unread"
	checkAnonymousPull      = "anonymous-pull"
	checkFailingPull        = "failing-pull"
	checkUnknownPull        = "unknown-pull"
	checkAuthenticatedPull  = "authenticated-pull"
	checkEncoding           = "encoding" // of package wire
)

// A Check is one of the things that the function looks at.
type Check struct{ ID, Severity, About string }

// Checks returns all there are, in the order of the documentation: the id that results
// have as their tag, the severity, and what it means.
func Checks() []Check {
	return []Check{
		{checkReference, "info", "the object references the Secret, and how many of its images the Secret covers"},
		{checkSecret, "info", "the Secret is emitted"},
		{checkMissingTarget, "error", "nothing matches a target"},
		{checkMissingReference, "error", "mode check: a target does not reference the Secret"},
		{checkRegistryMismatch, "warning", "the Secret covers none of the images: the pulls stay anonymous"},
		{checkRegistryPartial, "warning", "the Secret covers some of the images only"},
		{checkRegistryUnknown, "info", "what is in the Secret is not known here"},
		{checkHiddenCredential, "warning", "kubelet does not ask the Secret, because another entry matches first"},
		{checkServerUnusable, "error", "kubelet never uses a credential that is stored under this server"},
		{checkSecretMalformed, "error", "kubelet cannot read a Secret of the list, and fails every pull of the pod"},
		{checkSecretRefused, "error", "the API server refuses a Secret of the list, so the cluster does not have it"},
		{checkSecretType, "warning", "a Secret of the list has a type that kubelet ignores"},
		{checkSecretConflict, "warning", "two write one Secret: which of them wins is not known"},
		{checkSecretNamespace, "warning", "the Secret is among the resources, in another namespace than the target"},
		{checkSecretMissing, "warning", "a Secret that has to be there is not among the resources"},
		{checkServiceAccount, "warning", "the ServiceAccount allows its own Secrets only, so the pods are refused"},
		{checkDuplicateReference, "warning", "a name stands twice in the list, or an entry has none"},
		{checkUncoveredWorkload, "info", "another workload pulls from the same registry without a Secret: one of Calico's, or a Pod or Job"},
		{checkAmbiguous, "warning", "two objects have one kind, namespace and name"},
		{checkInvalidImage, "info", "an image name that kubelet refuses"},
		{checkBootstrap, "warning", "an ExternalSecret is emitted, whose controller cannot run before Calico does"},
		{checkOperatorOwned, "warning", "the Tigera operator made the target and overwrites the change"},
		{checkPlaintext, "warning", "a password is in the function config, or the Secret is written into a package"},
		{checkUnread, "error", "something that may matter was not looked at: it cannot be read, was passed over or left out"},
		{checkAnonymousPull, "error", "mode audit: kubelet pulls the image without a credential"},
		{checkFailingPull, "error", "mode audit: kubelet fails every pull of the pod"},
		{checkUnknownPull, "info", "mode audit: whether an image is pulled with a credential is not known here"},
		{checkAuthenticatedPull, "info", "mode audit: kubelet pulls the image with a credential"},
		{checkConfig, "error", "the configuration is wrong, or an object cannot be changed"},
		{checkEncoding, "info", "an object had to be encoded anew, because its YAML left no place for the change"},
	}
}
