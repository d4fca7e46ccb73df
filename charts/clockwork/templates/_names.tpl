{{/* Names, labels and images. */}}

{{/* The name of an object: (list $ .Values.service.name). */}}
{{- define "clockwork.name" -}}
{{- printf "%s%s" (index . 1) (index . 0).Values.nameSuffix -}}
{{- end -}}

{{/* The namespace of all objects: the release's own unless another one is named. */}}
{{- define "clockwork.namespace" -}}
{{- .Values.namespace.name | default .Release.Namespace -}}
{{- end -}}

{{/* What selects the pods of a component: (list $ "server"). Selectors cannot be changed, so nothing in here may depend on a version. */}}
{{- define "clockwork.selector" -}}
app: clockwork
component: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
{{- end -}}

{{/* The labels of an object: (list $ "server"). */}}
{{- define "clockwork.labels" -}}
{{- $root := index . 0 -}}
{{- $own := dict
    "app" "clockwork"
    "component" (index . 1)
    "app.kubernetes.io/name" "clockwork"
    "app.kubernetes.io/instance" $root.Release.Name
    "app.kubernetes.io/component" (index . 1)
    "app.kubernetes.io/part-of" "clockwork"
    "app.kubernetes.io/managed-by" $root.Release.Service
    "app.kubernetes.io/version" (include "clockwork.version" $root)
    "helm.sh/chart" (printf "%s-%s" $root.Chart.Name ($root.Chart.Version | replace "+" "_")) -}}
{{- mergeOverwrite (deepCopy $root.Values.commonLabels) $own | toYaml -}}
{{- end -}}

{{/*
What stands in the metadata of an object: (dict "root" $ "component" "server" "name" NAME "of" VALUES "annotations" OWN "free" BOOL "namespace" OTHER). VALUES is the object's part
of the values, of which `labels` and `annotations` count. Labels of the chart win over them, because selectors depend on them, unless "free".
*/}}
{{- define "clockwork.metadata" -}}
{{- $of := .of | default dict -}}
{{- $own := include "clockwork.labels" (list .root .component) | fromYaml -}}
{{- $given := deepCopy ($of.labels | default dict) -}}
name: {{ .name | quote }}
namespace: {{ .namespace | default (include "clockwork.namespace" .root) | quote }}
{{- $labels := dict -}}
{{- if .free }}{{ $labels = mergeOverwrite $own $given }}{{ else }}{{ $labels = mergeOverwrite $given $own }}{{ end }}
labels: {{- toYaml $labels | nindent 2 }}
{{- with mergeOverwrite (deepCopy .root.Values.commonAnnotations) (deepCopy ($of.annotations | default dict)) (.annotations | default dict) }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The labels of a pod: (list $ "server" $labels). Without the chart's version, so that a new chart alone replaces no pod. */}}
{{- define "clockwork.podLabels" -}}
{{- $root := index . 0 -}}
{{- $labels := omit (include "clockwork.labels" . | fromYaml) "helm.sh/chart" -}}
{{- $_ := set $labels "version" (include "clockwork.version" $root) -}}
{{- mergeOverwrite (deepCopy (index . 2)) $labels | toYaml -}}
{{- end -}}

{{/* The version that runs, as a label may have it. */}}
{{- define "clockwork.version" -}}
{{- $image := .Values.deployment.image -}}
{{- $version := include "clockwork.text" $image.tag | default .Chart.AppVersion -}}
{{- if $image.digest -}}{{- $version = include "clockwork.text" $image.tag | default ($image.digest | replace ":" "-") -}}{{- end -}}
{{- $version | replace "+" "_" | trunc 63 | trimSuffix "-" | trimSuffix "_" | trimSuffix "." -}}
{{- end -}}

{{/* A value as text: a key that is null or not there is no text, where toString would say <nil>. */}}
{{- define "clockwork.text" -}}
{{- if not (kindIs "invalid" .) }}{{ toString . }}{{ end -}}
{{- end -}}

{{/*
A repository, at `global.imageRegistry` if that is set: (list $ "ghcr.io/acme/clockwork"). The first part of a repository is its registry if it has a dot or a
port, as the engines read it.
*/}}
{{- define "clockwork.repository" -}}
{{- $registry := dig "imageRegistry" "" (deepCopy ((index . 0).Values.global | default dict)) -}}
{{- $repository := index . 1 -}}
{{- if $registry -}}
{{- printf "%s/%s" (trimSuffix "/" $registry) (regexReplaceAll "^([^/]*[.:][^/]*|localhost)/" $repository "") -}}
{{- else -}}
{{- $repository -}}
{{- end -}}
{{- end -}}

{{/* A number, also one that is written as text, or a percentage. */}}
{{- define "clockwork.count" -}}
{{- $text := toString . -}}
{{- if hasSuffix "%" $text }}{{ $text | quote }}{{ else }}{{ $text | int }}{{ end -}}
{{- end -}}

{{/* An image: (list $ $image). What it lacks is taken from the server's, except for the digest, which belongs to one repository. */}}
{{- define "clockwork.image" -}}
{{- $root := index . 0 -}}
{{- $own := index . 1 -}}
{{- $of := $root.Values.deployment.image -}}
{{- $repository := $own.repository | default $of.repository -}}
{{- $digest := $own.digest -}}
{{- if not (or $digest $own.repository $own.tag) -}}{{- $digest = $of.digest -}}{{- end -}}
{{- $tag := include "clockwork.text" $own.tag -}}
{{- if not (or $tag $own.digest) -}}{{- $tag = include "clockwork.text" $of.tag -}}{{- end -}}
{{- if not (or $tag $digest) -}}{{- $tag = $root.Chart.AppVersion -}}{{- end -}}
{{- include "clockwork.repository" (list $root $repository) }}{{ with $tag }}:{{ . }}{{ end }}{{ with $digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/*
The names that the values give for the Secret, each once. The default name counts only where it is the only one: the files of the first chart have it in
postgresql.existingSecret, and its users name their own in secret.name. checks.yaml refuses two.
*/}}
{{- define "clockwork.secretNames" -}}
{{- $names := without (list .Values.secret.existingSecret .Values.postgresql.existingSecret .Values.secret.name | compact) "clockwork-secrets" | uniq -}}
{{- dict "all" (default (list "clockwork-secrets") $names) | toYaml -}}
{{- end -}}

{{/* The Secret that the operator made, or this chart. */}}
{{- define "clockwork.secretName" -}}
{{- if .Values.secret.create -}}
{{- include "clockwork.name" (list . .Values.secret.name) -}}
{{- else -}}
{{- first (include "clockwork.secretNames" . | fromYaml).all -}}
{{- end -}}
{{- end -}}

{{- define "clockwork.configMapName" -}}
{{- if .Values.configMap.create -}}
{{- include "clockwork.name" (list . .Values.configMap.name) -}}
{{- else -}}
{{- .Values.configMap.name -}}
{{- end -}}
{{- end -}}

{{- define "clockwork.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- include "clockwork.name" (list . .Values.serviceAccount.name) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/*
The account of the migration Job: one named for it, or the server's where that exists already, else one of its own. Only the last is made, as a hook: the
server's does not exist yet when the Job runs first.
*/}}
{{- define "clockwork.migrationAccount" -}}
{{- if .Values.migration.serviceAccount.name -}}
{{- .Values.migration.serviceAccount.name -}}
{{- else if not .Values.serviceAccount.create -}}
{{- include "clockwork.serviceAccountName" . -}}
{{- else -}}
{{- include "clockwork.name" (list . .Values.migration.jobName) -}}
{{- end -}}
{{- end -}}
{{- define "clockwork.makesMigrationAccount" -}}
{{- if and .Values.serviceAccount.create (not .Values.migration.serviceAccount.name) -}}true{{- end -}}
{{- end -}}

{{/* Whether Kubernetes is at least of a version: (list $ "1.30"). Those of clouds have suffixes, which count as pre-releases: hence the -0. */}}
{{- define "clockwork.kubernetes" -}}
{{- if semverCompare (printf ">=%s-0" (index . 1)) (index . 0).Capabilities.KubeVersion.Version -}}true{{- end -}}
{{- end -}}
