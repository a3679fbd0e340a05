{{/* By what waits in JetStream: (dict "root" $ "role" … "name" …). If KEDA cannot read it, there are as many pods as `replicas` says. */}}
{{- define "earshot.autoscaling.keda" -}}
{{- $values := .root.Values -}}
{{- $own := get $values.roles .role -}}
{{- $queues := dict
  "crawler" (dict "stream" "sites" "consumers" (list "sites-interactive" "sites-bulk"))
  "browser" (dict "stream" "pages" "consumers" (list "pages-interactive" "pages-bulk"))
  "recorder" (dict "stream" "visits" "consumers" (list "recorder")) -}}
{{- $queue := get $queues .role -}}
{{- $monitoring := $values.keda.natsMonitoring -}}
{{- if not $monitoring -}}
{{- if not $values.nats.enabled -}}
{{- fail (printf "roles.%s.autoscaling.kind: keda reads NATS' monitoring endpoint; give keda.natsMonitoring=host:8222" .role) -}}
{{- end -}}
{{- $monitoring = printf "%s-nats-headless.%s.svc:8222" .root.Release.Name .root.Release.Namespace -}}
{{- end -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ .name }}
  labels:
    {{- include "earshot.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  scaleTargetRef:
    name: {{ .name }}
  minReplicaCount: {{ $own.autoscaling.min }}
  maxReplicaCount: {{ $own.autoscaling.max }}
  pollingInterval: {{ $values.keda.pollingInterval }}
  cooldownPeriod: {{ $values.keda.cooldownPeriod }}
  fallback:
    failureThreshold: 4
    replicas: {{ $own.replicas }}
  triggers:
    {{- range $queue.consumers }}
    - type: nats-jetstream
      metadata:
        natsServerMonitoringEndpoint: {{ $monitoring | quote }}
        account: {{ $values.keda.account | quote }}
        stream: {{ $queue.stream }}
        consumer: {{ . }}
        lagThreshold: {{ $own.autoscaling.lag | quote }}
    {{- end }}
{{- end -}}

{{/* By CPU, where there is no KEDA: workers that have work are busy. */}}
{{- define "earshot.autoscaling.hpa" -}}
{{- $own := get .root.Values.roles .role -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .name }}
  labels:
    {{- include "earshot.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ .name }} }
  minReplicas: {{ $own.autoscaling.min }}
  maxReplicas: {{ $own.autoscaling.max }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ $own.autoscaling.cpu }} }
  behavior:
    # What is under way when a pod ends is done again elsewhere.
    scaleDown: { stabilizationWindowSeconds: 600 }
{{- end -}}
