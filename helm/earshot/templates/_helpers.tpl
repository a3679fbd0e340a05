{{/* The beginning of every name. */}}
{{- define "earshot.fullname" -}}
{{- if contains "earshot" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-earshot" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What every object is labelled with. */}}
{{- define "earshot.labels" -}}
app.kubernetes.io/name: earshot
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* What tells the pods of one role: (dict "root" $ "role" "browser"). */}}
{{- define "earshot.selector" -}}
app.kubernetes.io/name: earshot
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}

{{- define "earshot.image" -}}
{{- $_ := required "image.repository: where does the image lie? Build deploy/docker/Dockerfile, and name its place" .Values.image.repository -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "earshot.busAddresses" -}}
{{- if .Values.bus.addresses -}}
{{- join "," .Values.bus.addresses -}}
{{- else if .Values.nats.enabled -}}
nats://{{ .Release.Name }}-nats:4222
{{- else -}}
{{- fail "bus.addresses: where is NATS? Give its addresses, or set nats.enabled=true" -}}
{{- end -}}
{{- end -}}

{{- define "earshot.storeUrl" -}}
{{- if .Values.store.url -}}
{{- .Values.store.url -}}
{{- else if .Values.clickhouse.enabled -}}
http://clickhouse-{{ .Release.Name }}-clickhouse:8123
{{- else -}}
{{- fail "store.url: where is ClickHouse? Give its address, or set clickhouse.enabled=true" -}}
{{- end -}}
{{- end -}}

{{/* Seconds of "75s", "2m" or "1h"; nothing of what is written otherwise. */}}
{{- define "earshot.seconds" -}}
{{- if regexMatch "^[0-9]+s$" . -}}
{{- trimSuffix "s" . -}}
{{- else if regexMatch "^[0-9]+m$" . -}}
{{- mul 60 (trimSuffix "m" . | int) -}}
{{- else if regexMatch "^[0-9]+h$" . -}}
{{- mul 3600 (trimSuffix "h" . | int) -}}
{{- end -}}
{{- end -}}

{{/* earshot.toml: what is given, and what follows from other values. */}}
{{- define "earshot.toml" -}}
{{- $given := deepCopy .Values.config -}}
{{- $follows := dict
  "nats" "bus.addresses" "clickhouse" "store.url" "clickhouse_user" "store.secret" "clickhouse_password" "store.secret"
  "database" "store.database" "bus" "bus" "serve" "a port of the chart" "evidence.store" "evidence.store"
  "evidence.key" "evidence.keySecret" "evidence.key_pem" "evidence.keySecret" "store.ca_cert" "store.tls.caSecret"
  "store.cluster" "store.cluster" "web.listen" "a port of the chart" "data_dir" "a volume of the chart" -}}
{{- range $key, $value := $follows -}}
{{- $path := splitList "." $key -}}
{{- $here := $given -}}
{{- range initial $path -}}{{- $here = get $here . | default dict -}}{{- end -}}
{{- if hasKey $here (last $path) -}}
{{- fail (printf "config.%s: it follows from %s; set that instead" $key $value) -}}
{{- end -}}
{{- end -}}
{{- $elsewhere := dict "nats" (include "earshot.busAddresses" .) "clickhouse" (include "earshot.storeUrl" .) -}}
{{- $bus := dict "replicas" (int .Values.bus.replicas) "tls" .Values.bus.tls.required -}}
{{- if .Values.bus.tls.caSecret -}}{{- $_ := set $bus "ca_cert" "/etc/earshot/bus-ca/ca.crt" -}}{{- end -}}
{{- $store := dict "cluster" .Values.store.cluster -}}
{{- if .Values.store.tls.caSecret -}}{{- $_ := set $store "ca_cert" "/etc/earshot/store-ca/ca.crt" -}}{{- end -}}
{{- $evidence := dict "store" (required "evidence.store: where is evidence kept? Give s3://BUCKET/PREFIX" .Values.evidence.store) -}}
{{- $chart := dict
  "data_dir" "/var/lib/earshot" "nats" $elsewhere.nats "clickhouse" $elsewhere.clickhouse "database" .Values.store.database
  "bus" $bus "store" $store "evidence" $evidence
  "serve" (dict "listen" "0.0.0.0:9090") "web" (dict "listen" "0.0.0.0:8750") -}}
{{- $web := get $given "web" | default dict -}}
{{- if not (or (hasKey $web "read_token") (hasKey $web "hosts")) -}}
{{- $_ := set (get $chart "web") "read_token" true -}}
{{- end -}}
{{- if .Values.roles.web.ingress.enabled -}}
{{- range list "https" "behind_proxy" -}}
{{- if not (hasKey $web .) -}}{{- $_ := set (get $chart "web") . true -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- /* Numbers of values files are floats; TOML tells them from integers, and so does Earshot, which has one key that is none. */ -}}
{{- include "earshot.tomlOf" (dict "map" (mustMergeOverwrite $given $chart) "at" "") -}}
{{- end -}}

{{/* A map as TOML, plain keys before tables. */}}
{{- define "earshot.tomlOf" -}}
{{- $at := .at -}}
{{- range $key, $value := .map }}
{{- if not (or (kindIs "map" $value) (and (kindIs "slice" $value) $value (kindIs "map" (first $value)))) }}
{{ include "earshot.tomlKey" $key }} = {{ include "earshot.tomlValue" (dict "value" $value "at" (printf "%s%s" (ternary "" (printf "%s." $at) (eq $at "")) $key)) }}
{{- end }}
{{- end }}
{{- range $key, $value := .map }}
{{- $path := ternary (include "earshot.tomlKey" $key) (printf "%s.%s" $at (include "earshot.tomlKey" $key)) (eq $at "") }}
{{- if kindIs "map" $value }}

[{{ $path }}]
{{- include "earshot.tomlOf" (dict "map" $value "at" $path) }}
{{- else if and (kindIs "slice" $value) $value (kindIs "map" (first $value)) }}
{{- range $value }}

[[{{ $path }}]]
{{- include "earshot.tomlOf" (dict "map" . "at" $path) }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "earshot.tomlKey" -}}
{{- if regexMatch "^[A-Za-z0-9_-]+$" . -}}{{ . }}{{- else -}}{{ . | toJson }}{{- end -}}
{{- end -}}

{{- define "earshot.tomlValue" -}}
{{- $value := .value -}}
{{- if kindIs "slice" $value -}}
[{{- range $index, $one := $value -}}{{- if $index }}, {{ end -}}{{- include "earshot.tomlValue" (dict "value" $one "at" $.at) -}}{{- end -}}]
{{- else if kindIs "string" $value -}}
{{ $value | toJson }}
{{- else if kindIs "bool" $value -}}
{{ $value }}
{{- else if kindIs "invalid" $value -}}
{{- fail (printf "config.%s: has no value" .at) -}}
{{- else if eq .at "telemetry.sample_ratio" -}}
{{ printf "%f" ($value | float64) }}
{{- else -}}
{{ $value | int64 }}
{{- end -}}
{{- end -}}
