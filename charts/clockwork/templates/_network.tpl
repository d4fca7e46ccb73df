{{/* What pods may reach, and who may reach them. */}}

{{/* The address families of every Service. */}}
{{- define "clockwork.ipFamilies" -}}
{{- with .Values.service.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.service.ipFamilies }}
ipFamilies: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Whether a rule of an HTTPRoute redirects, and so has no backend. */}}
{{- define "clockwork.redirects" -}}
{{- range .filters }}{{ if eq .type "RequestRedirect" }}true{{ end }}{{ end -}}
{{- end -}}

{{/* Names and the database, a list of egress rules. */}}
{{- define "clockwork.egress" -}}
{{- $v := .Values -}}
# Names: the cluster's DNS may be a pod, a node's cache or a host outside, so only the port is named.
- ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
    # The port of OpenShift's DNS pods.
    - {protocol: UDP, port: 5353}
    - {protocol: TCP, port: 5353}
{{- if $v.postgresql.enabled }}
- to: [{podSelector: {matchLabels: {{ include "clockwork.selector" (list . "database") | fromYaml | toJson }}}}]
  ports: [{protocol: TCP, port: 5432}]
{{- else if $v.cloudNativePG.enabled }}
- to: [{podSelector: {matchLabels: {cnpg.io/cluster: {{ include "clockwork.name" (list . $v.cloudNativePG.name) }}}}}]
  ports: [{protocol: TCP, port: 5432}]
{{- else }}
- ports: [{protocol: TCP, port: {{ $v.postgresql.port }}}]
  {{- $ranges := $v.networkPolicy.databaseCIDRs }}
  {{- if and (not $ranges) (regexMatch "^[0-9]+(\\.[0-9]+){3}$" $v.postgresql.host) }}
  {{- $ranges = list (printf "%s/32" $v.postgresql.host) }}
  {{- end }}
  {{- with $ranges }}
  to:
    {{- range . }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  {{- end }}
{{- end }}
{{- with $v.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The policy of pods that migrate: no ingress. */}}
{{- define "clockwork.migrationPolicy" -}}
podSelector:
  matchLabels: {{- include "clockwork.selector" (list . "migration") | nindent 4 }}
policyTypes: [Ingress, Egress]
ingress: []
egress: {{- include "clockwork.egress" . | nindent 2 }}
{{- end -}}
