/** The files of a new project: they run as they are, and say what to change. */
export const initFiles: Readonly<Record<string, string>> = {
  'pipeline.yaml': `# Builds the image of this folder, keeps it as an archive, and pushes it.
# Check it with:  slipway validate pipeline.yaml
# Run it with:    slipway run pipeline.yaml
pipeline:
  identifier: build_and_push
  name: build and push
  projectIdentifier: my_project
  orgIdentifier: my_org
  variables:
    - name: repo
      type: String
      value: my-org/my-app
  stages:
    - stage:
        identifier: image
        name: image
        type: CI
        spec:
          cloneCodebase: true # the stage sees a copy of this folder
          platform: { os: Linux, arch: Amd64 }
          runtime: { type: Cloud, spec: {} }
          execution:
            steps:
              - step:
                  identifier: build
                  name: build
                  type: BuildAndPushDockerRegistry
                  spec:
                    connectorRef: registry
                    repo: <+pipeline.variables.repo>
                    tags: ["<+pipeline.sequenceId>", latest]
                    dockerfile: Dockerfile
                    context: .
                    envVariables:
                      PLUGIN_NO_PUSH: "true" # build only ...
                      PLUGIN_TAR_PATH: image.tar # ... and keep the image here
              - step:
                  identifier: push
                  name: push
                  type: BuildAndPushDockerRegistry
                  spec:
                    connectorRef: registry
                    repo: <+pipeline.variables.repo>
                    tags: ["<+pipeline.sequenceId>", latest]
                    envVariables:
                      PLUGIN_PUSH_ONLY: "true"
                      PLUGIN_SOURCE_TAR_PATH: image.tar
              - step:
                  identifier: report
                  name: report
                  type: Run
                  spec:
                    command: echo "pushed <+steps.push.output.outputVariables.digest>"
`,
  Dockerfile: `FROM scratch
COPY pipeline.yaml /
`,
  '.slipway/config.yaml': `# Requests for docker.io stay on this machine: a registry is served on loopback while a pipeline runs.
# Take this entry away to push to Docker Hub itself.
hosts:
  - match: docker.io
    endpoint: embedded:registry

connectors:
  - .slipway/connectors # a folder beside pipeline.yaml: every YAML file in it is a connector
`,
  '.slipway/connectors/registry.yaml': `# How to log in to the registry. For a login, replace the auth block by the one below and set the secret:
#   export SLIPWAY_SECRET_REGISTRY_PASSWORD=...
connector:
  identifier: registry
  name: registry
  type: DockerRegistry
  spec:
    dockerRegistryUrl: https://index.docker.io/v2/
    providerType: DockerHub
    auth:
      type: Anonymous
      # type: UsernamePassword
      # spec:
      #   username: my-name
      #   passwordRef: registry_password
`,
}
