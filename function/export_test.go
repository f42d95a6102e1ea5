// SPDX-License-Identifier: Apache-2.0

package function

// FieldPaths are the paths of all fields of the configuration.
var FieldPaths = fieldPaths
