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
