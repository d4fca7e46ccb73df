"""Which settings of the server the chart has no key for, and why. Everything else on docs/CONFIGURATION.md needs one in `configMap.values`."""

NOT_OFFERED = {
    "HOST": "a pod listens on all its addresses",
    "HTTP_READ_TIMEOUT": "suits every installation; deployment.extraEnv for others",
    "HTTP_IDLE_TIMEOUT": "likewise",
}
