{{/*
What is the same for every role, and for the pods that run a command: (dict "root" $ "role" "browser").
Who a role is on the bus and at the store, and what it must have: docs/fleet.md.
*/}}
{{- define "earshot.identity" -}}
coordinator: { bus: coordinator, store: writer, signs: true, evidence: true, internet: notices }
crawler: { bus: crawler, store: reader, signs: false, evidence: false, internet: web }
browser: { bus: browser, store: reader, signs: false, evidence: true, internet: web }
recorder: { bus: recorder, store: writer, signs: true, evidence: true, internet: none }
web: { bus: web, store: writer, signs: false, evidence: false, internet: none }
migration: { bus: admin, store: migrator, signs: false, evidence: false, internet: none }
nightly: { bus: "", store: writer, signs: false, evidence: false, internet: none }
{{- end -}}

{{/* A pod. (dict "root" $ "role" … "args" (list …) "resources" … "grace" 60 "seccomp" … "shared" "1Gi" "config" NAME "probes" true) */}}
{{- define "earshot.pod" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $common := $values.common -}}
{{- $is := get (include "earshot.identity" $root | fromYaml) .role -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: false
# Kubernetes would name its services in variables that begin as ours do, and unknown keys are refused.
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .grace }}
{{- with $common.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $common.runAsUser }}
  runAsGroup: {{ $common.runAsUser }}
  fsGroup: {{ $common.runAsUser }}
  seccompProfile:
    {{- toYaml (.seccomp | default $common.seccompProfile) | nindent 4 }}
{{- with $common.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $common.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .probes }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "earshot.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}
containers:
  - name: earshot
    image: {{ include "earshot.image" $root }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    args:
      {{- toYaml .args | nindent 6 }}
    env:
      - name: EARSHOT_CONFIG
        value: /etc/earshot/config/earshot.toml
      - name: EARSHOT_CLICKHOUSE_USER
        value: earshot_{{ $is.store }}
      - name: EARSHOT_CLICKHOUSE_PASSWORD
        valueFrom:
          secretKeyRef: { name: {{ $values.store.secret }}, key: {{ $is.store }} }
      {{- if $is.bus }}
      - name: EARSHOT_BUS__USER
        value: {{ $is.bus }}
      - name: EARSHOT_BUS__PASSWORD
        valueFrom:
          secretKeyRef: { name: {{ $values.bus.secret }}, key: {{ $is.bus }} }
      {{- end }}
      {{- if $is.signs }}
      - name: EARSHOT_EVIDENCE__KEY
        value: /etc/earshot/evidence/evidence-key.pem
      {{- end }}
      {{- if $is.evidence }}
      {{- with $values.evidence.endpoint }}
      - name: AWS_ENDPOINT_URL
        value: {{ . | quote }}
      {{- end }}
      {{- with $values.evidence.region }}
      - name: AWS_REGION
        value: {{ . | quote }}
      {{- end }}
      {{- end }}
    {{- if and $is.evidence $values.evidence.credentialsSecret }}
    envFrom:
      - secretRef: { name: {{ $values.evidence.credentialsSecret }} }
    {{- end }}
    {{- if .probes }}
    ports:
      - { name: metrics, containerPort: 9090 }
      {{- if eq .role "web" }}
      - { name: http, containerPort: 8750 }
      {{- end }}
    # It tells nothing while it waits for bus and store (services.patience), and ends by itself if they do not come.
    startupProbe:
      httpGet: { path: /livez, port: metrics }
      periodSeconds: 5
      failureThreshold: {{ add (div (include "earshot.patience" $root | int) 5) 12 }}
    livenessProbe:
      httpGet: { path: /livez, port: metrics }
      periodSeconds: 20
      timeoutSeconds: 5
      failureThreshold: 3
    # The store is given three seconds to answer.
    readinessProbe:
      httpGet: { path: /readyz, port: metrics }
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 3
    {{- end }}
    resources:
      {{- toYaml .resources | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    volumeMounts:
      - { name: config, mountPath: /etc/earshot/config, readOnly: true }
      - { name: data, mountPath: /var/lib/earshot }
      - { name: tmp, mountPath: /tmp }
      {{- if .shared }}
      - { name: shared-memory, mountPath: /dev/shm }
      {{- end }}
      {{- if $is.signs }}
      - { name: evidence-key, mountPath: /etc/earshot/evidence, readOnly: true }
      {{- end }}
      {{- if $values.bus.tls.caSecret }}
      - { name: bus-ca, mountPath: /etc/earshot/bus-ca, readOnly: true }
      {{- end }}
      {{- if $values.store.tls.caSecret }}
      - { name: store-ca, mountPath: /etc/earshot/store-ca, readOnly: true }
      {{- end }}
volumes:
  - name: config
    {{- if $values.configSecret }}
    secret: { secretName: {{ $values.configSecret }}, items: [{ key: earshot.toml, path: earshot.toml }] }
    {{- else }}
    configMap: { name: {{ .config }} }
    {{- end }}
  - { name: data, emptyDir: {} }
  - { name: tmp, emptyDir: {} }
  {{- with .shared }}
  - name: shared-memory
    emptyDir: { medium: Memory, sizeLimit: {{ . }} }
  {{- end }}
  {{- if $is.signs }}
  - name: evidence-key
    secret: { secretName: {{ $values.evidence.keySecret }}, defaultMode: 0440, items: [{ key: evidence-key.pem, path: evidence-key.pem }] }
  {{- end }}
  {{- with $values.bus.tls.caSecret }}
  - { name: bus-ca, secret: { secretName: {{ . }}, items: [{ key: ca.crt, path: ca.crt }] } }
  {{- end }}
  {{- with $values.store.tls.caSecret }}
  - { name: store-ca, secret: { secretName: {{ . }}, items: [{ key: ca.crt, path: ca.crt }] } }
  {{- end }}
{{- end -}}

{{/* Seconds for which a role waits at its start. */}}
{{- define "earshot.patience" -}}
{{- $patience := dig "services" "patience" "1h" .Values.config -}}
{{- $seconds := include "earshot.seconds" $patience -}}
{{- required (printf "config.services.patience: write '%s' as whole seconds, minutes or hours (600s, 10m, 1h)" $patience) $seconds -}}
{{- end -}}

{{/* That a role may finish what it is at. (dict "root" $ "role" … "grace" …) */}}
{{- define "earshot.checkGrace" -}}
{{- $limits := dict "browser" "visit" "crawler" "crawl" -}}
{{- $usual := dict "visit" "75s" "crawl" "60s" -}}
{{- with get $limits .role -}}
{{- $limit := dig "limit" . (get $usual .) $.root.Values.config -}}
{{- $seconds := include "earshot.seconds" $limit | required (printf "config.limit.%s: write '%s' as whole seconds or minutes (90s, 2m)" . $limit) -}}
{{- if le (int $.grace) (int $seconds) -}}
{{- fail (printf "roles.%s.terminationGracePeriodSeconds: %d is not longer than config.limit.%s, %s" $.role (int $.grace) . $limit) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A role: its account, its pods, who keeps them and who may look at them. (dict "root" $ "role" "browser") */}}
{{- define "earshot.role" -}}
{{- $root := .root -}}
{{- $role := .role -}}
{{- $values := $root.Values -}}
{{- $own := get $values.roles $role -}}
{{- $name := printf "%s-%s" (include "earshot.fullname" $root) $role -}}
{{- include "earshot.checkGrace" (dict "root" $root "role" $role "grace" $own.terminationGracePeriodSeconds) -}}
{{- $scaled := ne $own.autoscaling.kind "none" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  labels:
    {{- include "earshot.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $role }}
  {{- with $own.serviceAccountAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "earshot.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $role }}
spec:
  {{- if not $scaled }}
  replicas: {{ $own.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  # Longer than a role waits for its services.
  progressDeadlineSeconds: {{ add (include "earshot.patience" $root | int) 300 }}
  strategy:
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  selector:
    matchLabels:
      {{- include "earshot.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "earshot.labels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ $role }}
        {{- with $values.common.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        {{- if not $values.configSecret }}
        checksum/config: {{ include "earshot.toml" $root | sha256sum }}
        {{- end }}
        {{- with $values.common.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- $pod := dict "root" $root "role" $role "account" $name "args" (list "run" "--role" $role) "probes" true -}}
      {{- $_ := set $pod "resources" $own.resources -}}
      {{- $_ := set $pod "grace" $own.terminationGracePeriodSeconds -}}
      {{- $_ := set $pod "seccomp" (get $own "seccompProfile") -}}
      {{- $_ := set $pod "shared" (get $own "sharedMemory") -}}
      {{- $_ := set $pod "config" (include "earshot.fullname" $root) -}}
      {{- include "earshot.pod" $pod | nindent 6 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  labels:
    {{- include "earshot.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $role }}
spec:
  {{- if ne $role "web" }}
  clusterIP: None
  {{- end }}
  selector:
    {{- include "earshot.selector" . | nindent 4 }}
  ports:
    - { name: metrics, port: 9090, targetPort: metrics }
    {{- if eq $role "web" }}
    - { name: http, port: 80, targetPort: http }
    {{- end }}
{{- if and $values.podDisruptionBudget.enabled (or $scaled (gt (int $own.replicas) 1)) }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  labels:
    {{- include "earshot.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $role }}
spec:
  maxUnavailable: {{ $values.podDisruptionBudget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "earshot.selector" . | nindent 6 }}
{{- end }}
{{- if $scaled }}
---
{{ include (printf "earshot.autoscaling.%s" $own.autoscaling.kind) (dict "root" $root "role" $role "name" $name) }}
{{- end }}
{{- if $values.monitoring.serviceMonitor }}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ $name }}
  labels:
    {{- include "earshot.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $role }}
    {{- with $values.monitoring.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "earshot.selector" . | nindent 6 }}
  endpoints:
    - { port: metrics, path: /metrics, interval: {{ $values.monitoring.interval }} }
{{- end }}
{{- end -}}
