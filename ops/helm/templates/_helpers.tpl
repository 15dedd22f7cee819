{{- define "ziggie.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
{{- define "ziggie.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- define "ziggie.ollamaUrls" -}}
{{- if .Values.ollama.enabled -}}
{{- $urls := list -}}
{{- range $index := until (int .Values.ollama.replicas) -}}
{{- $urls = append $urls (printf "http://%s-ollama-%d.%s-ollama:11434" $.Release.Name $index $.Release.Name) -}}
{{- end -}}
{{- join "," $urls -}}
{{- else -}}
{{- required "Set ollama.url, or ollama.enabled=true." .Values.ollama.url -}}
{{- end -}}
{{- end -}}
{{- define "ziggie.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- define "ziggie.backupClaim" -}}
{{ .Values.backup.claim | default (printf "%s-backups" .Release.Name) }}
{{- end -}}
{{- /* The pod of a job that runs one program of ops/backup: a list of the root and the program's arguments. */ -}}
{{- define "ziggie.backupPod" -}}
{{- $arguments := index . 1 -}}
{{- with index . 0 -}}
metadata:
  labels:
    {{- include "ziggie.labels" . | nindent 4 }}
    app.kubernetes.io/component: backup
spec:
  automountServiceAccountToken: false
  restartPolicy: Never
  securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, seccompProfile: { type: RuntimeDefault } }
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: backup
      image: {{ include "ziggie.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: [node]
      args: {{- toYaml $arguments | nindent 8 }}
      envFrom:
        - secretRef: { name: {{ required "Set existingSecret to a Secret with MONGODB_URL and BACKUP_PASSPHRASE." .Values.existingSecret | quote }} }
      resources: {{- toYaml .Values.backup.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      volumeMounts:
        - { name: backups, mountPath: /backups }
        - { name: data, mountPath: /data }
        - { name: tmp, mountPath: /tmp }
  volumes:
    - name: backups
      persistentVolumeClaim: { claimName: {{ include "ziggie.backupClaim" . | quote }} }
    - { name: data, emptyDir: {} }
    - { name: tmp, emptyDir: {} }
{{- end -}}
{{- end -}}
