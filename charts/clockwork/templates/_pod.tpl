{{/* What pods have in common, and the decision of how to migrate. */}}

{{/*
How the schema is brought up to date: job, initContainer, auto or none. A Job before the release cannot go first where the database or the namespace
is a part of the release.
*/}}
{{- define "clockwork.migration" -}}
{{- $v := .Values -}}
{{- if not $v.migration.enabled -}}
{{- ternary "auto" "none" (eq (toString $v.configMap.values.dbAutoMigrate) "true") -}}
{{- else if or (eq $v.migration.strategy "initContainer") $v.postgresql.enabled $v.cloudNativePG.enabled (include "clockwork.makesNamespace" .) -}}
initContainer
{{- else -}}
job
{{- end -}}
{{- end -}}

{{/* Whether a namespace is made: only another one than the release's own, which Helm makes or finds. */}}
{{- define "clockwork.makesNamespace" -}}
{{- if and .Values.namespace.create (ne (include "clockwork.namespace" .) .Release.Namespace) -}}true{{- end -}}
{{- end -}}

{{/* How long a pod has to stop. */}}
{{- define "clockwork.stopSeconds" -}}
{{- $v := .Values -}}
{{- add $v.deployment.preStopSleepSeconds $v.configMap.values.shutdownDrainSeconds $v.configMap.values.shutdownTimeoutSeconds -}}
{{- end -}}
{{- define "clockwork.graceSeconds" -}}
{{- .Values.deployment.terminationGracePeriodSeconds | int | default (add (include "clockwork.stopSeconds" . | int) 5) -}}
{{- end -}}

{{/* The registry credentials of all pods: those of the values, and of `global`, where other charts have names without a key. */}}
{{- define "clockwork.pullSecrets" -}}
{{- $all := deepCopy .Values.deployment.imagePullSecrets -}}
{{- range dig "imagePullSecrets" list (deepCopy (.Values.global | default dict)) -}}
{{- $all = append $all (kindIs "string" . | ternary (dict "name" .) .) -}}
{{- end -}}
{{- with $all | uniq }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What every pod's spec begins with. */}}
{{- define "clockwork.podSpec" -}}
{{- $d := .Values.deployment -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- include "clockwork.pullSecrets" . }}
securityContext: {{- toYaml $d.podSecurityContext | nindent 2 }}
{{- range $key := list "dnsPolicy" "runtimeClassName" "schedulerName" }}
{{- with get $d $key }}
{{ $key }}: {{ . | quote }}
{{- end }}
{{- end }}
{{- range $key := list "dnsConfig" "hostAliases" }}
{{- with get $d $key }}
{{ $key }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- if kindIs "bool" $d.hostUsers }}
hostUsers: {{ $d.hostUsers }}
{{- end }}
{{- end -}}

{{/* Where pods may run. */}}
{{- define "clockwork.placement" -}}
{{- with .Values.deployment.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.deployment.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.deployment.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.deployment.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* The image of the database that the chart runs. */}}
{{- define "clockwork.databaseImage" -}}
{{- $image := .Values.postgresql.image -}}
{{- include "clockwork.repository" (list . $image.repository) }}{{ with include "clockwork.text" $image.tag }}:{{ . }}{{ end }}{{ with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* Where the pods of that database may run. */}}
{{- define "clockwork.databasePlacement" -}}
{{- range $key := list "nodeSelector" "tolerations" "affinity" }}
{{- with get $ $key }}
{{ $key }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* A container's security context; fsGroup, which older values have here, is the pod's. */}}
{{- define "clockwork.securityContext" -}}
{{- omit .Values.deployment.securityContext "fsGroup" | toYaml -}}
{{- end -}}

{{/*
Volumes and their mounts: (dict "root" $ "secret" SECRET). Mounted as a whole directory, because a file that is mounted alone (subPath) would not
follow the Secret.
*/}}
{{- define "clockwork.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 256Mi}
{{- if eq .root.Values.secret.inject "file" }}
- name: secrets
  projected:
    defaultMode: 0444
    sources:
      {{- range (include "clockwork.secrets" (list .root .secret) | fromYaml).all }}
      - secret:
          name: {{ .secret | quote }}
          items: [{key: {{ .key | quote }}, path: {{ .variable | quote }}}]
      {{- end }}
{{- end }}
{{- with .root.Values.deployment.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "clockwork.volumeMounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if eq .Values.secret.inject "file" }}
- {name: secrets, mountPath: /etc/clockwork/secrets, readOnly: true}
{{- end }}
{{- with .Values.deployment.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The container that migrates: (dict "root" $ "secret" SECRET "inline" BOOL). */}}
{{- define "clockwork.migrationContainer" -}}
{{- $v := .root.Values -}}
- name: migrate
  image: {{ include "clockwork.image" (list .root $v.migration.image) | quote }}
  imagePullPolicy: {{ $v.migration.image.pullPolicy | default $v.deployment.image.pullPolicy }}
  command: {{- toYaml $v.migration.command | nindent 4 }}
  {{- if eq (first $v.migration.command) "/app/migrator" }}
  args: [--lock-timeout, {{ $v.migration.lockTimeout | quote }}, --wait, {{ $v.migration.wait | quote }}]
  {{- end }}
  {{- with include "clockwork.envFrom" . | fromYamlArray }}
  envFrom: {{- toYaml . | nindent 4 }}
  {{- end }}
  env: {{- include "clockwork.env" (merge (dict "migrates" true) .) | nindent 4 }}
  resources: {{- toYaml $v.migration.resources | nindent 4 }}
  securityContext: {{- include "clockwork.securityContext" .root | nindent 4 }}
  volumeMounts: {{- include "clockwork.volumeMounts" .root | nindent 4 }}
{{- end -}}

{{/* The pod of the Job and of the CronJob: same argument, and "serviceAccount". */}}
{{- define "clockwork.migrationJobSpec" -}}
{{- $v := .root.Values -}}
backoffLimit: {{ $v.migration.backoffLimit }}
activeDeadlineSeconds: {{ $v.migration.activeDeadlineSeconds }}
ttlSecondsAfterFinished: {{ $v.migration.ttlSecondsAfterFinished }}
{{- if and (eq $v.migration.restartPolicy "Never") (include "clockwork.kubernetes" (list .root "1.31")) }}
podFailurePolicy:
  rules:
    # An eviction to another node does not count as a failure.
    - action: Ignore
      onPodConditions: [{type: DisruptionTarget, status: "True"}]
    # The migrator's exit codes for wrong usage, refusal and wrong configuration: another try would end the same way.
    - action: FailJob
      onExitCodes: {containerName: migrate, operator: In, values: [2, 4, 78]}
{{- end }}
template:
  metadata:
    labels: {{- include "clockwork.podLabels" (list .root "migration" $v.migration.podLabels) | nindent 6 }}
    {{- with $v.migration.podAnnotations }}
    annotations: {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    restartPolicy: {{ $v.migration.restartPolicy }}
    serviceAccountName: {{ .serviceAccount | quote }}
    {{- include "clockwork.podSpec" .root | nindent 4 }}
    {{- with $v.migration.extraInitContainers }}
    initContainers: {{- toYaml . | nindent 6 }}
    {{- end }}
    containers:
      {{- include "clockwork.migrationContainer" . | nindent 6 }}
      {{- with $v.migration.extraContainers }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    volumes: {{- include "clockwork.volumes" . | nindent 6 }}
    {{- include "clockwork.placement" .root | nindent 4 }}
{{- end -}}
