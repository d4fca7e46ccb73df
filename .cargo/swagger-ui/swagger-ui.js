// Not part of this server: /api/docs/ loads swagger-ui-bundle.js.
