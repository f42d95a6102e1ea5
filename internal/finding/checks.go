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
	{Reference, Info, "the object references the Secret; the message counts the images that the Secret covers. Mode remove: it has no reference", checksPage, false},
	{Secret, Info, "the Secret is emitted. Mode remove: why it stays", checksPage, false},
	{MissingTarget, Error, "nothing matches a target", checksPage, false},
	{MissingReference, Error, "mode check: a target does not reference the Secret", checksPage, false},
	{StillNeeded, Warning, "mode remove: the Secret still authenticates images of the object, and nothing else would", checksPage, false},
	{RegistryMismatch, Warning, "the Secret covers none of the images: the pulls are anonymous", checksPage, false},
	{RegistryPartial, Warning, "the Secret covers some of the images only", checksPage, false},
	{RegistryUnknown, Info, "the content of the Secret is not known here", checksPage, true},
	{HiddenCredential, Warning, "kubelet does not ask the Secret, because another entry matches first", checksPage, false},
	{ServerUnusable, Error, "kubelet never uses a credential that is stored under this server", checksPage, false},
	{SecretMalformed, Error, "kubelet cannot read a Secret of the list, and fails every pull of the pod", checksPage, false},
	{SecretRefused, Error, "the API server refuses a Secret of the list, so the cluster does not have it", checksPage, false},
	{SecretType, Warning, "a Secret of the list has a type that kubelet ignores", checksPage, false},
	{SecretConflict, Warning, "two objects write one Secret, and nobody knows which of them wins", checksPage, false},
	{Placeholder, Warning, "a user name or password that hardly any registry accepts: a placeholder, blanks around it, a line break", checksPage, false},
	{RenamedReference, Error, "kustomize renames the Secret, and rewrites no reference in an object of this kind", checksPage, false},
	{SecretNamespace, Warning, "the Secret is among the resources, in another namespace than the target", checksPage, false},
	{SecretMissing, Warning, "a Secret that pods need is not among the resources", checksPage, true},
	{ServiceAccount, Warning, "the ServiceAccount allows its own Secrets only, so the pods are refused", checksPage, false},
	{DuplicateReference, Warning, "the list has a name twice, or an entry without one", checksPage, false},
	{UncoveredWorkload, Info, "another workload pulls from the same registry without a Secret: one of Calico's, or a Pod or Job", checksPage, true},
	{Ambiguous, Warning, "two objects have one kind, namespace and name", checksPage, false},
	{InvalidImage, Info, "an image name that kubelet refuses", checksPage, true},
	{Bootstrap, Warning, "an ExternalSecret is emitted, whose controller cannot run before Calico does", checksPage, false},
	{OperatorOwned, Warning, "the Tigera operator made the target and overwrites the change", checksPage, false},
	{Plaintext, Warning, "a password is in the function config, or the Secret is written into a package", checksPage, false},
	{Unread, Error, "the program did not look at something that may matter: it could not read it, skipped it or left it out", checksPage, false},
	{AnonymousPull, Error, "mode audit: kubelet pulls the image without a credential", "docs/audit.md", false},
	{FailingPull, Error, "mode audit: kubelet fails every pull of the pod", "docs/audit.md", false},
	{UnknownPull, Info, "mode audit: nobody can tell whether kubelet pulls an image with a credential", "docs/audit.md", false},
	{RenderedLater, Info, "somebody renders this later, and the program does not see the result", "docs/audit.md", true},
	{KustomizationUnlisted, Warning, "a kustomization does not list a file beside it, so the Secrets of that file help no pod", checksPage, false},
	{AuthenticatedPull, Info, "mode audit: kubelet pulls the image with a credential", checksPage, false},
	{RegistryUnused, Warning, "mode audit: nothing pulls from a registry of audit.registries", "docs/audit.md", false},
	{ExceptionExpired, Error, "mode audit: the last day of an exception is over", "docs/adopt.md", false},
	{ExceptionInvalid, Error, "mode audit: an exception has no reason, or names nothing that can be excepted", "docs/adopt.md", false},
	{ExceptionUnused, Warning, "an exception lets nothing pass, or an exclude leaves out no file: a warning under every policy", "docs/adopt.md", false},
	{BaselineGone, Warning, "mode audit: a finding of the baseline is mended: a warning under every policy", "docs/adopt.md", false},
	{Config, Error, "the configuration is wrong, or the program cannot change an object", checksPage, false},
	{Input, Error, "a path that you named does not exist, or the program cannot read or write something", checksPage, false},
	{Encoding, Info, "the program rewrote a whole object, because its YAML left no place for the change, or removed comments together with a field", checksPage, false},
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
