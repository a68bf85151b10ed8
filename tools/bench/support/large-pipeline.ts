/** A pipeline as large firms generate them: stages of ten steps, with images, plugin variables, groups, conditions and expressions. */

export const stepsPerStage = 10

export function largePipeline(stages: number): string {
  return `${head}${Array.from({ length: stages }, (_, n) => stage(n)).join('')}`
}

const head = `pipeline:
  identifier: large
  name: large
  projectIdentifier: examples
  orgIdentifier: slipway
  variables:
    - name: registry
      type: String
      value: registry.example.com
    - name: channel
      type: String
      value: stable
  stages:
`

function stage(n: number): string {
  return `    - stage:
        identifier: service_${n}
        name: service ${n}
        type: CI
        variables:
          - name: service
            type: String
            value: service-${n}
        spec:
          platform: { os: Linux, arch: Amd64 }
          runtime: { type: Cloud, spec: {} }
          execution:
            steps:
${compile(n)}${checks}${images(n)}${pushes}${report(n)}`
}

/** Every stage but the first looks at the one before it. */
function compile(n: number): string {
  const before = n === 0 ? 'none' : `<+pipeline.stages.service_${n - 1}.spec.execution.steps.compile.output.outputVariables.version>`
  return `              - step:
                  identifier: compile
                  name: compile
                  type: Run
                  timeout: 30m
                  spec:
                    shell: Sh
                    command: |
                      version="1.<+pipeline.sequenceId>.${n}"
                      echo "after ${before}"
                      make -C services/<+stage.variables.service> VERSION="$version"
                    outputVariables:
                      - name: version
`
}

const checks = `              - stepGroup:
                  identifier: checks
                  name: checks
                  steps:
${['unit', 'lint', 'audit'].map(check).join('')}`

function check(target: string): string {
  return `                    - step:
                        identifier: ${target}
                        name: ${target}
                        type: Run
                        spec:
                          command: make -C services/<+stage.variables.service> ${target}
`
}

function images(n: number): string {
  return `              - parallel:
                  - step:
                      identifier: image
                      name: image
                      type: BuildAndPushDockerRegistry
                      spec:
                        connectorRef: hub
                        repo: acme/service-${n}
                        tags: ["<+pipeline.sequenceId>", latest]
                        dockerfile: services/service-${n}/Dockerfile
                        envVariables:
                          PLUGIN_NO_PUSH: "true"
                          PLUGIN_TAR_PATH: service-${n}.tar
                  - step:
                      identifier: cloud_image
                      name: cloud image
                      type: BuildAndPushECR
                      spec:
                        connectorRef: aws
                        region: eu-central-1
                        account: "123456789012"
                        imageName: service-${n}
                        tags: [<+execution.steps.compile.output.outputVariables.version>]
`
}

const pushes = `              - parallel:
${['hub', 'mirror'].map(push).join('')}`

function push(connector: string): string {
  return `                  - step:
                      identifier: push_${connector}
                      name: push to ${connector}
                      type: BuildAndPushDockerRegistry
                      spec:
                        connectorRef: ${connector}
                        repo: acme/<+stage.variables.service>
                        tags: ["<+pipeline.sequenceId>"]
                        envVariables:
                          PLUGIN_PUSH_ONLY: "true"
                          PLUGIN_SOURCE_TAR_PATH: <+stage.variables.service>.tar
`
}

function report(n: number): string {
  return `              - step:
                  identifier: report
                  name: report
                  type: Run
                  spec:
                    command: echo "service ${n} <+steps.push_hub.output.outputVariables.digest>"
              - step:
                  identifier: clean
                  name: clean
                  type: Run
                  when:
                    stageStatus: All
                    condition: <+pipeline.variables.channel> == "stable"
                  spec:
                    command: make clean
`
}
