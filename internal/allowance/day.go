// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"cmp"
	"errors"
	"os"
	"strconv"
	"time"
)

// Day returns the day against which exceptions end: the given one, else that of SOURCE_DATE_EPOCH
// (https://reproducible-builds.org/specs/source-date-epoch/), else today, in UTC. It returns an
// error if SOURCE_DATE_EPOCH is not a number of seconds.
func Day(given string) (string, error) {
	now := time.Now()
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); given == "" && epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return "", errors.New("SOURCE_DATE_EPOCH is not a number of seconds")
		}
		now = time.Unix(seconds, 0)
	}
	return cmp.Or(given, now.UTC().Format(time.DateOnly)), nil
}
