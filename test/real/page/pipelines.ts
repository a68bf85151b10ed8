/** Pipelines that have all a page can show: stages side by side, groups, loops, retries, images, tests, scans, long logs. */

const stage = (id: string, steps: string, more = ''): string => `    - stage:
        identifier: ${id.replaceAll('-', '_')}
        name: ${id}
        type: CI
${more}        spec:
          platform: { os: Linux, arch: Amd64 }
          runtime: { type: Cloud, spec: {} }
          execution:
            steps:
${steps}`

const run = (id: string, command: string, more = ''): string => `              - step:
                  identifier: ${id}
                  name: ${id.replaceAll('_', ' ')}
                  type: Run
${more}                  spec:
                    command: ${JSON.stringify(command)}
                    shell: Sh
`

const pipeline = (id: string, stages: string, more = ''): string => `pipeline:
  identifier: ${id}
  name: ${id}
  description: ${id} for the tests of the page
${more}  stages:
${stages}`

const fake = (variables: Readonly<Record<string, string>>): string =>
  `                    envVariables: { ${Object.entries(variables)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ')} }
`

const image = (id: string, repo: string, tags: string): string => `              - step:
                  identifier: ${id}
                  name: ${id}
                  type: BuildAndPushDockerRegistry
                  spec: { connectorRef: hub, repo: ${repo}, tags: [${tags}] }
`

const scan = `              - step:
                  identifier: scan
                  name: scan
                  type: AquaTrivy
                  spec:
                    mode: orchestration
                    config: default
                    target: { type: container, detection: auto }
                    privileged: true
                    image: { type: docker_v2, name: acme/shop, domain: docker.io, tag: "1" }
                    advanced: { log: { level: info } }
                    envVariables: { FAKE_FINDINGS: "critical=1,high=3,medium=4,low=7" }
`

const retrying =
  '                  failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: Retry, spec: {retryCount: 2, retryIntervals: [4s], onRetryFailure: {action: {type: Abort}}}}}}]\n'

const asking =
  '                  failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: ManualIntervention, spec: {timeout: 1h, onTimeout: {action: {type: Abort}}}}}}]\n'

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '    ')

const loop = `              - step:
                  identifier: compile
                  name: compile
                  type: Run
                  strategy: { matrix: { os: [linux, windows], cpu: [amd64, arm64] } }
                  spec:
                    command: make <+matrix.os> <+matrix.cpu>
                    envVariables: { FAKE_SLEEP: 70s, FAKE_OUTPUT: "app-<+matrix.os>-<+matrix.cpu>" }
`

const group = `              - stepGroup:
                  identifier: pack
                  name: pack
                  steps:
                    - step: { identifier: sign, name: sign, type: Run, spec: { command: sign, envVariables: { FAKE_SLEEP: 6s } } }
                    - step: { identifier: notes, name: notes, type: Run, when: { stageStatus: Failure }, spec: { command: notes } }
`

/** On fake: stages side by side, a group, a loop, a retry, an image at a registry, a scan. */
export const shop = pipeline(
  'shop',
  `    - parallel:
${indented(stage('test', `${run('unit', 'npm test')}${fake({ FAKE_SLEEP: '48s', FAKE_OUTPUT: '212 passed' })}${run('flaky', 'npm run e2e', retrying)}${fake({ FAKE_SLEEP: '9s', FAKE_EXIT: '1,0' })}`))}
${indented(stage('lint', `${run('style', 'npm run lint')}${fake({ FAKE_SLEEP: '21s' })}`))}
${stage('build', `${loop}${group}${image('image', 'acme/shop', '"1", latest')}${scan}`)}
${stage('release', `${run('announce', 'notify')}${fake({ FAKE_SLEEP: '3s' })}`)}
${stage('rollback', run('undo', 'undo'), '        when: { pipelineStatus: Failure }\n')}`,
)

/** On fake: fails in its second stage. */
export const broken = pipeline(
  'broken',
  `${stage('check', `${run('unit', 'npm test')}${fake({ FAKE_SLEEP: '5s' })}`)}
${stage('deploy', `${run('apply', 'apply')}${fake({ FAKE_SLEEP: '2s', FAKE_EXIT: '3', FAKE_ERRORS: 'no such host' })}`)}`,
)

/** On local: waits for a file named `go`, so that a test decides when it goes on. */
export const slow = pipeline(
  'slow',
  stage(
    'work',
    `${run('first', 'echo begun; for i in 1 2 3; do echo "line $i"; done')}${run('held', 'until [ -e "$GO" ]; do echo waiting; sleep 0.2; done; echo "held no more"')}                    envVariables: { GO: <+pipeline.variables.go> }
${run('last', 'echo done')}`,
  ),
  '  variables: [{ name: go, type: String, value: /nowhere }]\n',
)

/** On local: its second try works, if a person wants one. */
export const question = pipeline(
  'question',
  stage('work', run('doubt', 'test -e tried || { touch tried; echo "not this time"; exit 7; }; echo "now it works"', asking)),
)

/** On fake: two hundred side by side, in a stage of its own after one that is short. */
export const wide = pipeline(
  'wide',
  stage(
    'many',
    `              - parallel:
${Array.from({ length: 200 }, (_, i) => indented(`${run(`part_${i}`, 'work')}${fake({ FAKE_SLEEP: `${20 + (i % 17)}s`, ...(i % 50 === 49 && { FAKE_EXIT: '1' }) })}`)).join('')}`,
  ),
)

/** On local: a log of a million lines, with colours, HTML and a mark to look for near its end. */
export const million = pipeline(
  'million',
  stage(
    'print',
    run(
      'lines',
      `awk 'BEGIN { for (i = 1; i <= 1000000; i++) { if (i == 987654) print "a needle in the hay"; else if (i == 3) print "\\033[1;31mred\\033[0m <img src=x onerror=alert(1)>"; else print "line " i " of a long log" } }'`,
    ),
  ),
)

/** On local: sections and test reports. */
export const reports = pipeline(
  'reports',
  stage(
    'test',
    `${run(
      'unit',
      `echo "::group::Install"; echo "one package"; echo "::endgroup::"; echo "##[group]Test"; echo "ok 1"; echo "##[endgroup]"; cat > report.xml <<'X'
<testsuite name="cart"><testcase name="adds" time="0.2"/><testcase name="removes" time="0.1"><failure message="expected 1 to be 0">cart.test.ts:12 &lt;b&gt;not bold&lt;/b&gt;</failure></testcase><testcase name="later"><skipped/></testcase></testsuite>
X`,
    )}                    reports: { type: JUnit, spec: { paths: [report.xml] } }
                    outputVariables: [{ name: VERSION }]
`.replace('cat > report.xml', 'export VERSION=1.2.3; cat > report.xml'),
  ),
)

/** On fake: asks for inputs, and names a secret that nobody has. */
export const asks = pipeline(
  'asks',
  stage(
    'work',
    `${run('greet', 'echo <+pipeline.variables.who>')}                    envVariables: { WHO: <+pipeline.variables.who>, KEY: <+secrets.getValue("nobody_has_it")>, LEVEL: "<+input>.default(info).allowedValues(debug,info)" }
`,
  ),
  '  variables: [{ name: who, type: String, value: <+input> }]\n',
)
