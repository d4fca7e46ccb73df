"""Which settings of the server the chart has no key for, and why. Everything else on docs/CONFIGURATION.md needs one in `configMap.values`."""

NOT_OFFERED = {
    "OIDC_<NAME>_ISSUER": "oidc, by the name of the provider",
    "OIDC_<NAME>_CLIENT_ID": "oidc, by the name of the provider",
    "OIDC_<NAME>_CLIENT_SECRET": "oidc, by the name of the provider",
    "OIDC_<NAME>_LABEL": "oidc, by the name of the provider",
    "OIDC_<NAME>_SCOPES": "oidc, by the name of the provider",
    "OIDC_<NAME>_ALLOWED_DOMAINS": "oidc, by the name of the provider",
    "OIDC_<NAME>_AUTO_JOIN": "oidc, by the name of the provider",
    "OIDC_<NAME>_ROLE_CLAIM": "oidc, by the name of the provider",
    "OIDC_<NAME>_ROLE_MAP": "oidc, by the name of the provider",
    "AUTH_NONE_ANYWHERE": "follows from authMode none outside development",
    "HOST": "the image listens on all addresses of IPv4; deployment.extraEnv where a pod has others",
    "EMAIL_DRIVER": "SMTP_URL decides; the other driver is for development",
    "OTEL_SERVICE_NAME": "its default is the right one",
    "OTEL_RESOURCE_ATTRIBUTES": "a collector in the cluster adds what Kubernetes knows; deployment.extraEnv for more",
    "DATABASE_HOST": "postgresql.host, with secret.passwordKey",
    "DATABASE_PORT": "postgresql.port, likewise",
    "DATABASE_USER": "postgresql.username, likewise, or a key of the Secret (secret.usernameKey)",
    "DATABASE_NAME": "postgresql.database, likewise",
    "DATABASE_SSLMODE": "postgresql.sslMode, likewise",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "the server speaks one protocol; deployment.extraEnv for a collector with an unusual port",
    "HTTP_WRITE_TIMEOUT": "suits every installation; deployment.extraEnv for others",
    "HTTP_READ_TIMEOUT": "suits every installation; deployment.extraEnv for others",
    "HTTP_IDLE_TIMEOUT": "likewise; docs/KUBERNETES.md says for which load balancers",
}

# The server treats these as secrets because of the password that they may carry; without one they are ordinary, and have a key all the same.
SECRET_WITH_A_PASSWORD = {"OTEL_EXPORTER_OTLP_ENDPOINT"}
