{{/* Settings and secrets, for the ConfigMap and for containers. */}}

{{/*
The settings as variables and texts. The one source of the ConfigMap and of what the migration Job gets inlined, because the Job runs before
there is a ConfigMap. A number arrives as a float, and would be printed as 1e+06 from a million on.
*/}}
{{- define "clockwork.config" -}}
{{- $config := dict -}}
{{- range $key, $value := .Values.configMap.values -}}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) -}}
{{- $text := toString $value -}}
{{- if and (kindIs "float64" $value) (eq (floor $value) $value) -}}{{- $text = $value | int64 | toString -}}{{- end -}}
{{- if eq $key "shutdownDrainSeconds" -}}
{{- $_ := set $config "SHUTDOWN_DRAIN" (printf "%ss" $text) -}}
{{- else if eq $key "shutdownTimeoutSeconds" -}}
{{- $_ := set $config "SHUTDOWN_TIMEOUT" (printf "%ss" $text) -}}
{{- else -}}
{{- $_ := set $config ($key | snakecase | upper) $text -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $mode := include "clockwork.authMode" . -}}
{{- $_ := set $config "AUTH_MODE" $mode -}}
{{- /* A pod listens on all its addresses, which the server refuses without accounts unless it is told so. In the values `none` is a choice already. */ -}}
{{- if and (eq $mode "none") (ne .Values.configMap.values.env "development") -}}{{- $_ := set $config "AUTH_NONE_ANYWHERE" "true" -}}{{- end -}}
{{- range $name, $provider := .Values.oidc -}}
{{- range $key, $value := omit $provider "clientSecretKey" -}}
{{- $_ := set $config (printf "OIDC_%s_%s" (upper $name) ($key | snakecase | upper)) (toString $value) -}}
{{- end -}}
{{- end -}}
{{- /* On the address of IPv6 the server listens for both. */ -}}
{{- if has "IPv6" .Values.service.ipFamilies -}}{{- $_ := set $config "HOST" "::" -}}{{- end -}}
{{- if include "clockwork.databaseByParts" . -}}
{{- $p := .Values.postgresql -}}
{{- $_ := set $config "DATABASE_HOST" $p.host -}}
{{- $_ := set $config "DATABASE_PORT" ($p.port | int64 | toString) -}}
{{- $_ := set $config "DATABASE_NAME" $p.database -}}
{{- $_ := set $config "DATABASE_SSLMODE" $p.sslMode -}}
{{- if not .Values.secret.usernameKey -}}{{- $_ := set $config "DATABASE_USER" $p.username -}}{{- end -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{/* How callers are told apart, as the server decides it where nothing is said. */}}
{{- define "clockwork.authMode" -}}
{{- .Values.configMap.values.authMode | default (ternary "none" "accounts" (eq .Values.configMap.values.env "development")) -}}
{{- end -}}

{{/* Whether the Secret holds the password alone, and the values name the rest. */}}
{{- define "clockwork.databaseByParts" -}}
{{- if .Values.secret.passwordKey -}}true{{- end -}}
{{- end -}}

{{/*
The settings that other objects, checks and notes of this chart are made of. With a ConfigMap of the operator's they are variables of the containers, because
it may lack them: a server without ENV runs in development, and one without AUTH_MODE does what its release has as the default. Providers of single sign-on,
whose secrets the values name as well, are among them.
*/}}
{{- define "clockwork.mode" -}}
{{- $config := include "clockwork.config" . | fromYaml -}}
{{- $mode := pick $config "ENV" "AUTH_MODE" "AUTH_NONE_ANYWHERE" "DB_AUTO_MIGRATE" "BASE_PATH" "HOST" "METRICS_PORT" "SHUTDOWN_DRAIN" "SHUTDOWN_TIMEOUT" "DATABASE_HOST" "DATABASE_PORT" "DATABASE_NAME" "DATABASE_SSLMODE" "DATABASE_USER" -}}
{{- range $name, $value := $config -}}{{- if hasPrefix "OIDC_" $name -}}{{- $_ := set $mode $name $value -}}{{- end -}}{{- end -}}
{{- set $mode "PORT" (.Values.deployment.containerPort | int64 | toString) | toYaml -}}
{{- end -}}

{{/* A DATABASE_URL made of its parts: (dict "values" … "host" … "password" … "sslMode" …). */}}
{{- define "clockwork.databaseUrl" -}}
{{- $v := .values -}}
postgres://{{ $v.username | urlquery | replace "+" "%20" }}:{{ .password | urlquery | replace "+" "%20" }}@{{ .host }}:{{ $v.port | int64 }}/{{ $v.database | urlquery | replace "+" "%20" }}?sslmode={{ .sslMode }}
{{- end -}}

{{/* What is in the Secret that the chart makes: encoded, because a key that leaves stringData would stay in data. */}}
{{- define "clockwork.secretData" -}}
{{- $data := deepCopy .Values.secret.data -}}
{{- if .Values.postgresql.enabled -}}
{{- $_ := unset $data "DATABASE_URL" -}}
{{- else if and (not $data.DATABASE_URL) .Values.postgresql.host -}}
{{- $_ := set $data "DATABASE_URL" (include "clockwork.databaseUrl" (dict "values" .Values.postgresql "host" .Values.postgresql.host "password" .Values.postgresql.password "sslMode" .Values.postgresql.sslMode)) -}}
{{- end -}}
{{- range $key, $value := $data -}}{{- $_ := set $data $key (b64enc $value) -}}{{- end -}}
{{- toYaml $data -}}
{{- end -}}

{{/*
Where each secret variable comes from: a list of {variable, secret, key}. The argument is (list $ SECRET): a name other than "" stands for the
Secret of the chart, as the migration Job needs it, which runs before that Secret is there.
*/}}
{{- define "clockwork.secrets" -}}
{{- $root := index . 0 -}}
{{- $v := $root.Values -}}
{{- $own := index . 1 | default (include "clockwork.secretName" $root) -}}
{{- $all := list -}}
{{- if $v.postgresql.enabled -}}
{{- $all = append $all (dict "variable" "DATABASE_URL" "secret" (include "clockwork.name" (list $root $v.postgresql.name)) "key" "DATABASE_URL") -}}
{{- else if $v.cloudNativePG.enabled -}}
{{- $all = append $all (dict "variable" "DATABASE_URL" "secret" (printf "%s-app" (include "clockwork.name" (list $root $v.cloudNativePG.name))) "key" "uri") -}}
{{- else if include "clockwork.databaseByParts" $root -}}
{{- $all = append $all (dict "variable" "DATABASE_PASSWORD" "secret" $own "key" $v.secret.passwordKey) -}}
{{- with $v.secret.usernameKey -}}{{- $all = append $all (dict "variable" "DATABASE_USER" "secret" $own "key" .) -}}{{- end -}}
{{- else -}}
{{- $all = append $all (dict "variable" "DATABASE_URL" "secret" $own "key" (ternary "DATABASE_URL" $v.secret.databaseUrlKey $v.secret.create)) -}}
{{- end -}}
{{- if $v.secret.create -}}
{{- range $variable, $_ := omit $v.secret.data "DATABASE_URL" $v.migration.databaseUrlKey -}}
{{- $all = append $all (dict "variable" $variable "secret" $own "key" $variable) -}}
{{- end -}}
{{- end -}}
{{- range $name, $provider := $v.oidc -}}
{{- with $provider.clientSecretKey -}}
{{- $all = append $all (dict "variable" (printf "OIDC_%s_CLIENT_SECRET" (upper $name)) "secret" $own "key" .) -}}
{{- end -}}
{{- end -}}
{{- range $variable, $key := $v.secret.extraKeys -}}
{{- $of := kindIs "map" $key | ternary $key (dict "secret" "" "key" $key) -}}
{{- $all = append $all (dict "variable" $variable "secret" ($of.secret | default $own) "key" $of.key) -}}
{{- end -}}
{{- dict "all" $all | toYaml -}}
{{- end -}}

{{/*
The variables of a container: (dict "root" $ "secret" SECRET "inline" BOOL "migrates" BOOL). Inlined, the settings do not need the ConfigMap that the chart makes. A
variable may stand in the list once only (server-side apply merges by name), so extraEnv replaces what is inlined.
*/}}
{{- define "clockwork.env" -}}
{{- $root := .root -}}
{{- $v := $root.Values -}}
{{- $env := list -}}
{{- $settings := dict -}}
{{- if not $v.configMap.create -}}
{{- $settings = include "clockwork.mode" $root | fromYaml -}}
{{- else if .inline -}}
{{- $settings = include "clockwork.config" $root | fromYaml -}}
{{- end -}}
{{- $given := dict -}}
{{- range $v.deployment.extraEnv -}}{{- $_ := set $given .name true -}}{{- end -}}
{{- range $name, $value := $settings -}}
{{- if not (hasKey $given $name) -}}{{- $env = append $env (dict "name" $name "value" $value) -}}{{- end -}}
{{- end -}}
{{- $own := and .migrates $v.migration.databaseUrlKey -}}
{{- $name := .secret | default (include "clockwork.secretName" $root) -}}
{{- range (include "clockwork.secrets" (list $root .secret) | fromYaml).all -}}
{{- if and $own (eq .variable "DATABASE_URL") -}}
{{- /* As a variable also where the others are files: no migration runs long enough for it to change, and the server must not see it. */ -}}
{{- $env = append $env (dict "name" "DATABASE_URL" "valueFrom" (dict "secretKeyRef" (dict "name" $name "key" $own))) -}}
{{- else if eq $v.secret.inject "file" -}}
{{- $env = append $env (dict "name" (printf "%s_FILE" .variable) "value" (printf "/etc/clockwork/secrets/%s" .variable)) -}}
{{- else -}}
{{- $env = append $env (dict "name" .variable "valueFrom" (dict "secretKeyRef" (dict "name" .secret "key" .key))) -}}
{{- end -}}
{{- end -}}
{{- concat $env $v.deployment.extraEnv | toYaml -}}
{{- end -}}

{{/* Whole ConfigMaps and Secrets as variables, same argument. */}}
{{- define "clockwork.envFrom" -}}
{{- $v := .root.Values -}}
{{- $from := list -}}
{{- if not (and .inline $v.configMap.create) -}}
{{- $from = append $from (dict "configMapRef" (dict "name" (include "clockwork.configMapName" .root))) -}}
{{- end -}}
{{- concat $from $v.deployment.extraEnvFrom | toYaml -}}
{{- end -}}

{{/* The checksums that make a changed ConfigMap or Secret of this chart replace the pods. */}}
{{- define "clockwork.checksums" -}}
{{- if .Values.configMap.create }}
checksum/config: {{ include "clockwork.config" . | sha256sum }}
{{- end }}
{{- if and .Values.secret.create (eq .Values.secret.inject "env") }}
checksum/secret: {{ include "clockwork.secretData" . | sha256sum }}
{{- end }}
{{- end -}}
