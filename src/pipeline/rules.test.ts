/** Every rule of the model: what is refused, with its code and place, and what is not. */
import { describe, expect, it } from 'vitest'
import { hasErrors } from '../base/diagnostic.ts'
import { sourceFile } from '../text/source-file.ts'
import { jsonSchema } from '../yaml/shape/json-schema.ts'
import { identifierPattern } from './names.ts'
import { documentCases } from './negative-document.testing.ts'
import { stepCases } from './negative-steps.testing.ts'
import { pipelineDocument } from './pipeline.ts'
import { readPipeline } from './read-pipeline.ts'
import { failing, image, infrastructure, inSpec, kubernetes, ofType, pipeline, run, stage, step, steps } from './texts.testing.ts'

function findings(text: string) {
  const place = text.indexOf('|')
  const source = sourceFile('p.yaml', text.slice(0, place) + text.slice(place + 1))
  const { line, col } = source.span(place)
  const read = readPipeline(source, { inputs: {} })
  return { read, line, col }
}

describe('a pipeline that breaks a rule', () => {
  it.each([...documentCases, ...stepCases].map((one) => [one.rule, one] as const))('%s', (_rule, { text, code, says }) => {
    const { read, line, col } = findings(text)
    const errors = read.diagnostics.filter((d) => d.severity === 'error')
    const found = errors.map((d) => `${d.at?.line}:${d.at?.col} ${d.code}`)
    expect(found).toContain(`${line}:${col} ${code}`)
    const hit = errors[found.indexOf(`${line}:${col} ${code}`)]
    if (says !== undefined) expect(`${hit?.message} ${hit?.hint ?? ''}`).toContain(says)
    expect(read.ok).toBe(false)
  })
})

describe('SE-03: an identifier that is missing beside a name', () => {
  it.each([
    ['Build image', 'Build_image'],
    ['  push: to (all) ', 'push_to_all'],
    ['2nd try', 'nd_try'],
    ['a-b.c', 'abc'],
    ['n'.repeat(200), 'n'.repeat(128)],
  ])('is told as %s would make it', (name, made) => {
    const text = steps(`- step: {name: "${name}", type: Run, spec: {command: a}}`)
    const found = readPipeline(sourceFile('p.yaml', text), { inputs: {} }).diagnostics.find((d) => d.code === 'YAML_MISSING_KEY')
    expect(found?.hint).toBe(`write it beside the name: identifier: ${made}`)
    expect(identifierPattern.test(made)).toBe(true)
  })

  it('is only asked for where no name can make one', () => {
    const text = steps('- step: {name: "1 (2)!", type: Run, spec: {command: a}}')
    const hint = (given: string) => readPipeline(sourceFile('p.yaml', given), { inputs: {} }).diagnostics.find((d) => d.code === 'YAML_MISSING_KEY')?.hint
    expect([hint(text.replace('1 (2)!', '(!)')), hint(text)]).toEqual(['add "identifier:"', 'write it beside the name: identifier: _2'])
  })
})

const accepted: readonly (readonly [string, string])[] = [
  ['P-02 identifier and name of 128 characters', pipeline(`identifier: ${'a'.repeat(128)}\nname: ${'n'.repeat(128)}`)],
  [
    'P-01 every root key',
    pipeline(
      'identifier: p\nname: p\nprojectIdentifier: a\norgIdentifier: b\ndescription: ""\ntags: {a: b}\nproperties: {ci: {codebase: {connectorRef: g, repoName: r, build: {type: branch, spec: {branch: main}}, depth: 0, sslVerify: true, prCloneStrategy: SourceBranch, lfs: true, fetchTags: true, sparseCheckout: [a], submoduleStrategy: recursive, cloneDirectory: d, preFetchCommand: "true", persistCredentials: false, debug: true, resources: {limits: {memory: 1Gi}}}}}\nvariables: []\ntimeout: 1d\ndelegateSelectors: []\nallowStageExecutions: true\nfixedInputsOnRerun: true',
    ),
  ],
  [
    'ST-01 every key',
    stage(
      'identifier: s\nname: s\ndescription: ""\ntype: CI\nvariables: [{name: a.b-c$, type: Number, value: 1}]\nwhen: {pipelineStatus: All}\nfailureStrategies: []\nstrategy: {parallelism: 2}\ntimeout: 1h 30m\ntags: {}\ndelegateSelectors: []\nrunMode: x\nspec: {runtime: {type: Cloud}, execution: {steps: []}}',
    ),
  ],
  [
    'ST-02 every key',
    inSpec(
      'cloneCodebase: false\nplatform: {os: MacOS, arch: Arm64}\ncaching: {enabled: true, key: k, paths: [a], override: true, policy: pull-push}\nsharedPaths: [/a, <+stage.name>]\nbuildIntelligence: {enabled: false}\nslsa_provenance: {enabled: false}\nserviceDependencies: []',
    ),
  ],
  [
    'ST-05 both VM shapes',
    infrastructure('type: VM\nspec: {type: Pool, spec: {poolName: p, identifier: i, os: Linux, initTimeout: 10m, harnessImageConnectorRef: c}}'),
  ],
  [
    'ST-06 every key',
    kubernetes(
      'automountServiceAccountToken: true\nnodeSelector: {}\nos: Linux\nannotations: {a: b}\nlabels: {a: b}\nserviceAccountName: s\nrunAsUser: 1000\ncontainerSecurityContext: {privileged: false, allowPrivilegeEscalation: false, capabilities: {add: [A], drop: [B]}, procMount: Default, readOnlyRootFilesystem: true, runAsGroup: 1, runAsNonRoot: true, runAsUser: 1000}\ntolerations: [{effect: NoSchedule, key: k, operator: Equal, value: v, tolerationSeconds: 3}]\nvolumes: [{type: EmptyDir, mountPath: /a, spec: {medium: Memory}}, {type: PersistentVolumeClaim, mountPath: /b, spec: {claimName: c}}, {type: HostPath, mountPath: /c, spec: {path: /d}}]\nhostNames: [a]\npriorityClassName: p\ninitTimeout: 8m\nharnessImageConnectorRef: c\nimagePullPolicy: IfNotPresent\npodSpecOverlay: "{}"',
    ),
  ],
  [
    'SE-01 every key',
    step(
      'description: ""\ntimeout: 10s\nwhen: {stageStatus: All, condition: "true"}\nfailureStrategies: []\nstrategy: {repeat: {times: 2}}\nenforce: {policySets: []}\ncontextType: Pipeline',
    ),
  ],
  ...['10s', '1m', '1h 30m', '1d', '1h30m', '2w', '""'].map((time) => [`SE-05 ${time}`, step(`timeout: ${time}`)] as const),
  ...['5s', '30m', '1h 30m', '1d'].map(
    (time) => [`RT-04 ${time}`, failing(`{type: ManualIntervention, spec: {timeout: ${time}, onTimeout: {action: {type: Abort}}}}`)] as const,
  ),
  ...['500Mi', '1G', '1Gi', '2M', '1073741824', '0.5Gi'].map(
    (memory) => [`BP-20 ${memory}`, ofType('Run', `{command: a, resources: {limits: {memory: ${memory}, cpu: 0.1}, requests: {cpu: 100m}}}`)] as const,
  ),
  ['BP-21 a number and a text', ofType('BuildAndPushDockerRegistry', `${image}, runAsUser: "0"}`)],
  ['SP-01 an image alone', ofType('Run', '{image: alpine}')],
  [
    'SP-01 every key',
    ofType(
      'Run',
      '{command: a, shell: Python, image: i, connectorRef: c, registryRef: r, imagePullPolicy: Never, envVariables: {A: b}, outputVariables: [{name: A, type: Secret, value: B}], reports: {type: JUnit, spec: {paths: ["**/*.xml"]}}, privileged: true, resources: {limits: {cpu: 1}}, runAsUser: 1, outputAlias: {key: k, scope: Pipeline}}',
    ),
  ],
  [
    'SP-05 every key',
    ofType(
      'AquaTrivy',
      '{mode: orchestration, config: default, target: {type: container, name: n, variant: v, detection: auto, workspace: /harness/a.tar}, image: {type: docker_v2, name: n, tag: t, domain: d, region: r, registry: g, access_id: a, access_token: b, image_path: p}, repository: {type: local, registry: r, name: n, version: v}, advanced: {log: {level: debug, serializer: s}, args: {cli: "--x", passthrough: y}, fail_on_severity: info, include_raw: true}, ingestion: {file: f}, sbom: {generate: true, format: cyclonedx-json}, imagePullPolicy: Always, connectorRef: c, outputVariables: [{name: HIGH}], settings: {a: b}, privileged: true, resources: {limits: {cpu: 1}}, runAsUser: 0}',
    ),
  ],
  [
    'SP-09 Plugin',
    ofType(
      'Plugin',
      '{image: i, uses: u, connectorRef: c, settings: {a: [b], c: {d: e}}, entrypoint: [a], privileged: true, imagePullPolicy: Always, reports: {type: JUnit, spec: {paths: [a]}}, resources: {limits: {cpu: 1}}, runAsUser: 1}',
    ),
  ],
  [
    'SP-09 Background',
    ofType('Background', '{image: i, command: c, shell: Sh, entrypoint: [a], portBindings: {"80": "8080"}, envVariables: {A: b}, privileged: true}'),
  ],
  [
    'SP-09 GitClone',
    ofType(
      'GitClone',
      '{connectorRef: c, repoName: r, projectName: p, build: {type: commitSha, spec: {commitSha: a}}, cloneDirectory: d, depth: 1, sslVerify: false, lfs: true, fetchTags: true, sparseCheckout: [a], submoduleStrategy: "false", preFetchCommand: a, debug: true, privileged: true, outputFilePathsContent: [a], runAsUser: 1}',
    ),
  ],
]

describe('a pipeline that keeps the rules', () => {
  it.each(accepted)('%s', (_rule, text) => {
    const read = readPipeline(sourceFile('p.yaml', text), { inputs: {} })
    expect(read.diagnostics.filter((d) => d.severity !== 'info')).toEqual([])
    expect(read.ok).toBe(true)
  })

  it('is told when its name would not pass the editor of the original', () => {
    const { diagnostics, ok } = readPipeline(sourceFile('p.yaml', pipeline('identifier: p\nname: Push (Cloud)')), { inputs: {} })
    expect(diagnostics).toMatchObject([{ code: 'YAML_BAD_TEXT', severity: 'warning', at: { line: 3, col: 9 } }])
    expect(ok).toBe(true)
  })

  it('is told about keys that do nothing here', () => {
    const { diagnostics } = readPipeline(sourceFile('p.yaml', inSpec('slsa_provenance: {enabled: true}\nserviceDependencies: []')), { inputs: {} })
    expect(diagnostics.map((d) => `${d.severity} ${d.code}`)).toEqual(['info YAML_KEY_NOT_USED', 'info YAML_KEY_NOT_USED'])
  })
})

describe('SE-06 identifiers', () => {
  it('names both places of a step that is there twice, also across parallel members', () => {
    const text = steps(`${run}\n- parallel:\n    ${run}`)
    const { diagnostics } = readPipeline(sourceFile('p.yaml', text), { inputs: {} })
    expect(diagnostics).toMatchObject([{ code: 'MODEL_DUPLICATE_ID', at: { line: 15 }, related: [{ at: { line: 13 } }] }])
  })

  it('may repeat in another stage', () => {
    const one = (id: string): string => `- stage: {identifier: ${id}, name: s, type: CI, spec: {runtime: {type: Cloud}, execution: {steps: [${run.slice(2)}]}}}`
    const read = readPipeline(sourceFile('p.yaml', pipeline('identifier: p\nname: p', `${one('s')}\n${one('t')}`)), { inputs: {} })
    expect(hasErrors(read.diagnostics)).toBe(false)
    const twice = readPipeline(sourceFile('p.yaml', pipeline('identifier: p\nname: p', `${one('s')}\n${one('s')}`)), { inputs: {} })
    expect(twice.diagnostics.map((d) => d.code)).toEqual(['MODEL_DUPLICATE_ID'])
  })
})

describe('the JSON Schema', () => {
  it('lets contextType stand beside a step, as exported pipelines have it', () => {
    const { $defs } = jsonSchema(pipelineDocument) as {
      readonly $defs: { readonly StepNodeItem: { readonly oneOf: readonly { readonly properties: object }[] } }
    }
    expect($defs.StepNodeItem.oneOf.map(({ properties }) => Object.keys(properties))).toEqual([
      ['step', 'contextType'],
      ['parallel', 'contextType'],
      ['stepGroup', 'contextType'],
    ])
  })
})
