// SPDX-License-Identifier: Apache-2.0

package finding

import "slices"

// Tag is the key of the tag in which a result has the id of its check.
const Tag = "check"

// The ids of the checks. They never change.
const (
	Config                = "config"
	Reference             = "reference"
	Secret                = "secret"
	MissingTarget         = "missing-target"
	MissingReference      = "missing-reference"
	StillNeeded           = "still-needed"
	ServerUnusable        = "server-unusable"
	ServiceAccount        = "service-account"
	Plaintext             = "plaintext"
	SecretMissing         = "secret-missing"
	OperatorOwned         = "operator-owned"
	RegistryMismatch      = "registry-mismatch"
	RegistryPartial       = "registry-partial"
	RegistryUnknown       = "registry-unknown"
	HiddenCredential      = "hidden-credential"
	InvalidImage          = "invalid-image"
	SecretMalformed       = "secret-malformed"
	SecretRefused         = "secret-refused"
	SecretType            = "secret-type"
	SecretConflict        = "secret-conflict"
	Placeholder           = "placeholder-credential"
	RenamedReference      = "renamed-reference"
	SecretNamespace       = "secret-namespace"
	DuplicateReference    = "duplicate-reference"
	UncoveredWorkload     = "uncovered-workload"
	Ambiguous             = "ambiguous"
	Bootstrap             = "bootstrap"
	Unread                = "unread"
	AnonymousPull         = "anonymous-pull"
	FailingPull           = "failing-pull"
	UnknownPull           = "unknown-pull"
	RenderedLater         = "rendered-later"
	KustomizationUnlisted = "kustomization-unlisted"
	AuthenticatedPull     = "authenticated-pull"
	RegistryUnused        = "registry-unused"
	ExceptionExpired      = "exception-expired"
	ExceptionInvalid      = "exception-invalid"
	ExceptionUnused       = "exception-unused"
	BaselineGone          = "baseline-gone"
	Input                 = "input"    // of package cli
	Encoding              = "encoding" // of package wire
)

// A Check is one thing that the program looks for.
type Check struct {
	ID       string
	Severity Severity // unless a policy grades it
	About    string   // its meaning, in one line
	Page     string   // the page that says what to do
	// IsUnproven is true if a finding means that something is not proven: an error under strict.
	IsUnproven bool
}

// checks has every check, in the order of the documentation.
var checks = []Check{
	{Reference, Info, "the object references the Secret; the message counts the images for which kubelet uses the Secret. Mode remove: the object has no reference", checksPage, false},
	{Secret, Info, "the output contains the Secret. Mode remove: the Secret stays, and the message says why", checksPage, false},
	{MissingTarget, Error, "no object matches a target", checksPage, false},
	{MissingReference, Error, "mode check: a target does not reference the Secret", checksPage, false},
	{StillNeeded, Warning, "mode remove: images of the object still need the Secret, because no other Secret authenticates them", checksPage, false},
	{RegistryMismatch, Warning, "the Secret is for none of the images, so kubelet pulls them anonymously", checksPage, false},
	{RegistryPartial, Warning, "the Secret is for some of the images, but not for all", checksPage, false},
	{RegistryUnknown, Info, "the program does not know the content of the Secret", checksPage, true},
	{HiddenCredential, Warning, "kubelet does not use the Secret, because a different entry matches first", checksPage, false},
	{ServerUnusable, Error, "kubelet never uses a credential that is stored under this server", checksPage, false},
	{SecretMalformed, Error, "kubelet cannot read a Secret that the pod references, so every pull of the pod fails", checksPage, false},
	{SecretRefused, Error, "the API server refuses a Secret that the pod references, so the cluster does not have this Secret", checksPage, false},
	{SecretType, Warning, "a Secret that the pod references has a type that kubelet ignores", checksPage, false},
	{SecretConflict, Warning, "two objects write the same Secret, and nobody knows which content the cluster will have", checksPage, false},
	{Placeholder, Warning, "a user name or password that hardly any registry accepts: a placeholder, a value with blanks or quotes around it or a line break in it, a token as user name, or a whole login as password", checksPage, false},
	{RenamedReference, Error, "kustomize renames the Secret, but does not change the reference in an object of this kind", checksPage, false},
	{SecretNamespace, Warning, "the Secret is among the resources, but in a different namespace than the target", checksPage, false},
	{SecretMissing, Warning, "pods need a Secret that is not among the resources", checksPage, true},
	{ServiceAccount, Warning, "the ServiceAccount allows only its own Secrets, so the API server refuses the pods", checksPage, false},
	{DuplicateReference, Warning, "imagePullSecrets has a name twice, or an entry without a name", checksPage, false},
	{UncoveredWorkload, Info, "a workload that is not a target pulls from the same registry without a Secret: a workload of Calico, or a Pod or Job", checksPage, true},
	{Ambiguous, Warning, "two objects have the same kind, namespace and name", checksPage, false},
	{InvalidImage, Info, "kubelet refuses the name of an image", checksPage, true},
	{Bootstrap, Warning, "the output contains an ExternalSecret, but its controller cannot run before Calico does", checksPage, false},
	{OperatorOwned, Warning, "the Tigera operator made the target, and will overwrite the change", checksPage, false},
	{Plaintext, Warning, "a password is in the function config, or the Secret is written into a package", checksPage, false},
	{Unread, Error, "the program could not read input that may matter, or skipped it", checksPage, false},
	{AnonymousPull, Error, "mode audit: kubelet pulls the image without a credential", "docs/audit.md", false},
	{FailingPull, Error, "mode audit: every pull of the pod fails", "docs/audit.md", false},
	{UnknownPull, Info, "the program cannot know whether kubelet pulls an image with a credential", "docs/verdicts.md", false},
	{RenderedLater, Info, "a tool or controller makes manifests from this object or file later, so the program cannot see them", "docs/rendered-later.md", true},
	{KustomizationUnlisted, Warning, "a kustomization does not list a file in its folder, so no pod gets the Secrets in this file", checksPage, false},
	{AuthenticatedPull, Info, "mode audit: kubelet pulls the image with a credential", checksPage, false},
	{RegistryUnused, Warning, "mode audit: no image comes from a registry of audit.registries", "docs/verdicts.md", false},
	{ExceptionExpired, Error, "mode audit: the last day of an exception is over", "docs/exceptions.md", false},
	{ExceptionInvalid, Error, "mode audit: an exception has no reason, or names a finding that no exception can let pass", "docs/exceptions.md", false},
	{ExceptionUnused, Warning, "an exception lets no finding pass, or an exclude skips no file: a warning under every value of preflight", "docs/exceptions.md", false},
	{BaselineGone, Warning, "mode audit: a finding of the baseline no longer occurs: a warning under every value of preflight", "docs/exceptions.md", false},
	{Config, Error, "the configuration is wrong, or the program cannot change an object", checksPage, false},
	{Input, Error, "a path that you named does not exist, or the program cannot read or write something", checksPage, false},
	{Encoding, Info, "the program rewrote a whole object, because its YAML has no place for the change, or removed comments together with a field", checksPage, false},
}

// checksPage has a row for each check.
const checksPage = "docs/checks.md"

// Checks returns every check, in the order of the documentation.
func Checks() []Check { return slices.Clone(checks) }

// IsUnproven reports whether the finding means that something is not proven.
func (f Finding) IsUnproven() bool { return isUnproven(f.Check) }

// isUnproven reports whether a finding of the check means that something is not proven.
func isUnproven(id string) bool {
	return slices.ContainsFunc(checks, func(c Check) bool { return c.ID == id && c.IsUnproven })
}
