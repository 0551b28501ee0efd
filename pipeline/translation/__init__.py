"""Pure translation: vendor records to canonical values and back; no calls, no clock."""
