// SPDX-License-Identifier: Apache-2.0

package config

import "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

// Contradiction returns a problem if the mode in o, the object of the settings, does not go with
// the mode that a flag asks for: one of the two would be ignored. --check goes with add and with
// remove, whose changes it reports as missing. isCheck says that --check is set beside --remove.
func (s *Settings) Contradiction(asked Mode, isCheck bool, o *fn.KubeObject) (p Problems) {
	switch {
	case asked == "", s.Mode == asked, s.Mode == ModeAdd && !setsMode(o):
	case asked == ModeCheck && s.Mode != ModeAudit, isCheck && s.Mode == ModeCheck:
	default:
		p.Add("mode", "is %s, but the flags ask for mode %s\nhint: leave out the flag or the setting", s.Mode, asked)
	}
	return p
}

// setsMode reports whether settings name a mode.
func setsMode(o *fn.KubeObject) bool {
	if o == nil {
		return false
	}
	_, found, err := o.NestedString("spec", "mode")
	data, _, _ := o.NestedStringMap("data")
	return found || err != nil || data["mode"] != ""
}
