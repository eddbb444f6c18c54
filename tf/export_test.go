package tf

// For tests with fake files.
var CPUQuota = cpuQuota
