/** The pod of a stage: every key of its infrastructure and every container setting of its steps, valid for the cluster, golden. */
import { Pod } from 'kubernetes-models/v1/Pod'
import { describe, expect, it } from 'vitest'
import { goldenJson } from '../../../../../test/support/golden.ts'
import { unknownFields } from '../../../../../test/support/kubernetes/unknown-fields.ts'
import { readPipeline } from '../../../../pipeline/read-pipeline.ts'
import { noFacts, type RunFacts } from '../../../../plan/facts.ts'
import type { StagePlan } from '../../../../plan/plan.ts'
import { planner } from '../../../../plan/planner.ts'
import { sourceFile } from '../../../../text/source-file.ts'
import { plannedContainers } from './containers.ts'
import { type PodManifest, podManifest } from './pod.ts'
import { noKubernetesPlan, podSettings } from './settings.ts'

/** A stage with these lines in the spec of its infrastructure, and these steps. */
function stageOf(infrastructure: readonly string[], steps: readonly string[] = [run()], facts: Partial<RunFacts> = {}): StagePlan {
  const text = `pipeline:
  identifier: build_it
  name: Build it
  orgIdentifier: acme
  projectIdentifier: rockets
  stages:
    - stage:
        identifier: launch
        name: Launch & land
        type: CI
        spec:
          cloneCodebase: false
          sharedPaths: [/var/shared]
          infrastructure:
            type: KubernetesDirect
            spec:
              connectorRef: account.cluster
              namespace: builds
${infrastructure.map((line) => `              ${line}`).join('\n')}
          execution:
            steps:
${steps.join('\n')}
`
  const read = readPipeline(sourceFile('pipeline.yaml', text), { inputs: {} })
  if (!read.ok) throw new Error(read.diagnostics.map(({ message }) => message).join('; '))
  const planned = planner(read.value, { file: 'pipeline.yaml', facts: { ...noFacts, executionId: '01hexecution', ...facts } }).plan()
  if (!planned.ok) throw new Error(planned.diagnostics.map(({ message }) => message).join('; '))
  const [stage] = planned.value.stages
  if (stage?.kind !== 'stage') throw new Error('no stage')
  return stage
}

function run(lines: readonly string[] = [], o: { readonly id?: string; readonly type?: string; readonly more?: readonly string[] } = {}): string {
  const { id = 'one', type = 'Run', more = [] } = o
  const command = type === 'Run' ? ['command: echo hello'] : []
  return [
    `              - step:`,
    ...[`identifier: ${id}`, `name: ${id}`, `type: ${type}`, ...more, 'spec:'].map((line) => `                  ${line}`),
    ...['image: alpine:3.20', ...command, ...lines].map((line) => `                    ${line}`),
  ].join('\n')
}

function podOf(stage: StagePlan): PodManifest {
  const { settings, diagnostics } = podSettings(stage.infrastructure.kubernetes ?? noKubernetesPlan)
  const { containers, diagnostics: more } = plannedContainers(stage, { spare: 0 })
  expect([...diagnostics, ...more]).toEqual([])
  return podManifest({
    name: 'slipway-launch-12345678',
    namespace: settings.namespace ?? 'default',
    settings,
    containers,
    helperImage: 'busybox:1.37',
    sharedPaths: stage.sharedPaths ?? [],
    services: [],
    labels: { 'slipway.dev/session': 'session' },
  })
}

/** What the cluster would say of it: kinds of values, missing fields, and fields that nobody knows. */
function expectValid(pod: PodManifest): void {
  new Pod(pod as unknown as ConstructorParameters<typeof Pod>[0]).validate()
  expect(unknownFields(pod.spec, 'PodSpec')).toEqual([])
}

const infrastructureKeys: Readonly<Record<string, readonly string[]>> = {
  automountServiceAccountToken: ['automountServiceAccountToken: false'],
  nodeSelector: ['nodeSelector: {disk: ssd, kubernetes.io/arch: amd64}'],
  os: ['os: Linux'],
  annotations: ['annotations: {example.com/owner: "team a, room 5"}'],
  labels: ['labels: {team: a, cost-centre: "42"}'],
  serviceAccountName: ['serviceAccountName: builder'],
  runAsUser: ['runAsUser: 1234'],
  containerSecurityContext: [
    'containerSecurityContext: {privileged: false, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 2000, runAsGroup: 2001, procMount: Default, capabilities: {add: [NET_ADMIN], drop: [ALL]}}',
  ],
  tolerations: ['tolerations: [{key: dedicated, operator: Equal, value: builds, effect: NoExecute, tolerationSeconds: 60}]'],
  volumes: [
    'volumes:',
    '  - {type: EmptyDir, mountPath: /scratch, spec: {medium: Memory, size: 1Gi}}',
    '  - {type: PersistentVolumeClaim, mountPath: /cache, spec: {claimName: layers, readOnly: true}}',
    '  - {type: HostPath, mountPath: /host, spec: {path: /var/data, type: Directory}}',
  ],
  hostNames: ['hostNames: [registry.internal, db.internal]'],
  priorityClassName: ['priorityClassName: urgent'],
  initTimeout: ['initTimeout: 15m'],
  harnessImageConnectorRef: ['harnessImageConnectorRef: account.images'],
  imagePullPolicy: ['imagePullPolicy: Always'],
  podSpecOverlay: [
    'podSpecOverlay: |',
    '  hostNetwork: true',
    '  securityContext: {seccompProfile: {type: RuntimeDefault}, fsGroup: 1000}',
    '  containers: [{name: step-1, env: [{name: SAID, value: by overlay}]}]',
    '  terminationGracePeriodSeconds: 30',
  ],
}

describe('the pod of a stage', () => {
  it('has everything a stage needs when nothing is said', () => {
    const pod = podOf(stageOf([]))
    expectValid(pod)
    goldenJson(new URL('./testdata/plain.json', import.meta.url), withoutPrograms(pod))
  })

  it.each(Object.entries(infrastructureKeys))('ST-06 obeys %s', (key, lines) => {
    const plain = withoutPrograms(podOf(stageOf([])))
    const pod = podOf(stageOf(lines))
    expectValid(pod)
    goldenJson(new URL(`./testdata/${key}.json`, import.meta.url), changes(plain, withoutPrograms(pod)))
  })

  const stepSettings: Readonly<Record<string, readonly string[]>> = {
    'resources.limits': ['resources: {limits: {memory: 1G, cpu: "0.5"}}'],
    'resources.requests': ['resources: {limits: {memory: 2Gi, cpu: "2"}, requests: {memory: 1Gi, cpu: 500m}}'],
    'resources.small': ['resources: {limits: {memory: 5Mi, cpu: 1m}}'],
    runAsUser: ['runAsUser: 0'],
    privileged: ['privileged: true'],
    imagePullPolicy: ['imagePullPolicy: IfNotPresent'],
    image: ['connectorRef: account.hub'],
  }

  it.each(Object.entries(stepSettings))('obeys %s of a step', (key, lines) => {
    const pod = podOf(stageOf([], [run(lines)]))
    expectValid(pod)
    goldenJson(new URL(`./testdata/step.${key}.json`, import.meta.url), pod.spec.containers[1])
  })

  it('ST-15 counts the containers of steps, and knows whom plugins run as', () => {
    const steps = [run([], { id: 'a' }), run([], { id: 'b', type: 'Plugin' }), run([], { id: 'c', type: 'Background' })]
    const pod = podOf(stageOf([], steps))
    expectValid(pod)
    const users = pod.spec.containers.map(({ name, securityContext }) => [name, securityContext.runAsUser])
    expect(users).toEqual([
      ['slipway', 0],
      ['step-1', 1000],
      ['step-2', undefined],
      ['step-3', 1000],
    ])
  })

  it('BP-20, BP-21 builds with kaniko in a container of its image, as root unless the step says otherwise, with its resources', () => {
    const image = (id: string, lines: readonly string[]): string =>
      [
        `              - step:`,
        ...[`identifier: ${id}`, `name: ${id}`, 'type: BuildAndPushDockerRegistry', 'spec:'].map((line) => `                  ${line}`),
        ...['connectorRef: hub', 'repo: acme/app', 'tags: ["1"]', ...lines].map((line) => `                    ${line}`),
      ].join('\n')
    const steps = [
      image('usual', ['resources: {limits: {memory: 2Gi, cpu: 900m}, requests: {memory: 1Gi}}']),
      run(),
      image('own', ['runAsUser: 1000', 'envVariables: {PLUGIN_PUSH_ONLY: "false"}']),
      image('pushes', ['envVariables: {PLUGIN_PUSH_ONLY: "true", PLUGIN_SOURCE_TAR_PATH: a.tar}']),
    ]
    const facts = { engine: 'kaniko', kanikoImage: 'registry.example/executor:7' } as const
    const { spec } = podOf(stageOf(['harnessImageConnectorRef: images'], steps, facts))
    const [, usual, , own, ...more] = spec.containers
    expect(more).toEqual([])
    expect(usual).toMatchObject({
      name: 'step-1',
      image: 'registry.example/executor:7',
      securityContext: { runAsUser: 0 },
      resources: { limits: { memory: '2Gi', cpu: '900m' }, requests: { memory: '1Gi' } },
    })
    const places = (container: typeof own): readonly string[] =>
      container?.volumeMounts.flatMap(({ name, mountPath, ...rest }) =>
        name === 'slipway-made' ? [`${mountPath} ${'subPath' in rest ? rest.subPath : ''}`] : [],
      ) ?? []
    expect(spec.containers.map(places)).toEqual([['/slipway-made '], ['/slipway-made step-1'], [], ['/slipway-made step-3']])
    expect(own).toMatchObject({ name: 'step-3', securityContext: { runAsUser: 1000 }, resources: { limits: { memory: '500Mi', cpu: '400m' } } })
    const { containers } = plannedContainers(stageOf(['harnessImageConnectorRef: images'], steps, facts), { spare: 0 })
    expect(containers.map(({ connector }) => connector)).toEqual(['images', undefined, 'images'])
    // Who hands files to it and takes them has to be root as well.
    const others = podOf(stageOf(['runAsUser: 1000', 'containerSecurityContext: {runAsNonRoot: true}'], steps, facts)).spec
    for (const { securityContext } of [...others.initContainers, ...others.containers.slice(0, 2)])
      expect(securityContext).toMatchObject({ runAsUser: 0, runAsNonRoot: false })
    expect(others.containers[2]?.securityContext).toMatchObject({ runAsUser: 1000, runAsNonRoot: true })
    const embedded = plannedContainers(stageOf([], steps), { spare: 0 })
    expect(embedded.containers.map(({ name }) => name)).toEqual(['step-1'])
  })

  it('SX-02 lets one step be root where nobody is', () => {
    const pod = podOf(stageOf(['containerSecurityContext: {runAsNonRoot: true, runAsUser: 1500}'], [run([], { id: 'a' }), run(['runAsUser: 0'], { id: 'b' })]))
    expect(pod.spec.containers.map(({ securityContext: { runAsUser, runAsNonRoot } }) => [runAsUser, runAsNonRoot])).toEqual([
      [1500, true],
      [1500, true],
      [0, false],
    ])
  })

  it('has containers for tries that failure strategies ask for', () => {
    const more = [
      'failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: Retry, spec: {retryCount: 2, retryIntervals: [10s], onRetryFailure: {action: {type: MarkAsFailure}}}}}}]',
    ]
    const pod = podOf(stageOf([], [run([], { id: 'a', more }), run([], { id: 'b' })]))
    expect(pod.spec.containers.map(({ name }) => name)).toEqual(['slipway', 'step-1', 'step-1-again-1', 'step-1-again-2', 'step-2'])
  })

  it('waits with a small image for one that is only known later', () => {
    const later = run([], { id: 'b' }).replace('alpine:3.20', 'app:<+execution.steps.one.output.outputVariables.TAG>')
    const pod = podOf(stageOf([], [run(['outputVariables: [{name: TAG}]']), later]))
    expectValid(pod)
    expect(pod.spec.containers.map(({ image }) => image)).toEqual(['busybox:1.37', 'alpine:3.20', 'busybox:1.37'])
  })
})

describe('what a cluster would refuse', () => {
  const wrong: readonly (readonly [string, readonly string[], string])[] = [
    ['a namespace in capitals', ['namespace: Builds'], 'namespace'],
    ['a label with a space', ['labels: {team: "a b"}'], 'labels.team'],
    ['a key of a label that ends in a hyphen', ['labels: {"team-": a}'], 'labels'],
    ['a service account with an underscore', ['serviceAccountName: my_builder'], 'serviceAccountName'],
    ['a host name with a slash', ['hostNames: [a/b]'], 'hostNames'],
    ['a claim without a name', ['volumes: [{type: PersistentVolumeClaim, mountPath: /a, spec: {}}]'], 'volumes.claimName'],
    ['a key that a volume does not have', ['volumes: [{type: EmptyDir, mountPath: /a, spec: {colour: red}}]'], 'volumes'],
    ['a relative mount', ['volumes: [{type: EmptyDir, mountPath: a, spec: {}}]'], 'volumes.mountPath'],
    ['a user that is no number', ['runAsUser: root'], 'runAsUser'],
  ]

  it.each(wrong)('is told before: %s', (_, lines, key) => {
    const text = lines[0]?.startsWith('namespace') === true ? stageOf([]).infrastructure.kubernetes : stageOf(lines).infrastructure.kubernetes
    const plan =
      lines[0]?.startsWith('namespace') === true
        ? { ...(text ?? noKubernetesPlan), namespace: { kind: 'known', value: 'Builds' } as const }
        : (text ?? noKubernetesPlan)
    expect(podSettings(plan).diagnostics.map(({ code, message }) => [code, message.split(' of the infrastructure')[0]])).toEqual([['K8S_SETTING_INVALID', key]])
  })

  it.each([
    ['no map', '- a', 'it is no map'],
    ['no YAML', '{a: [', 'Flow'],
    ['a spec inside', 'spec: {hostNetwork: true}', 'leave the key `spec` out'],
  ])('is told before: an overlay that is %s', (_, text, reason) => {
    const plan = { ...noKubernetesPlan, overlay: { kind: 'known', value: text } as const }
    expect(podSettings(plan).diagnostics).toMatchObject([{ code: 'K8S_OVERLAY_INVALID', message: expect.stringContaining(reason) }])
  })

  it('is found by this test where it is a field that nobody knows', () => {
    const pod = podOf(stageOf(['podSpecOverlay: "{hostNetworks: true, containers: [{name: step-1, securityContext: {runAsUsr: 1}}]}"']))
    expect(unknownFields(pod.spec, 'PodSpec')).toEqual(['containers[1].securityContext.runAsUsr', 'hostNetworks'])
  })
})

/** The launcher's bytes are no news. */
function withoutPrograms(pod: PodManifest): PodManifest {
  const initContainers = pod.spec.initContainers.map((one) => ({ ...one, command: one.command.map((word) => (/^f0VMR/.test(word) ? 'PROGRAM' : word)) }))
  return { ...pod, spec: { ...pod.spec, initContainers } }
}

/** What is there now and was not, or not so. */
function changes(before: unknown, after: unknown): unknown {
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return after
  const entries = Object.entries(after).flatMap(([key, value]) => {
    const old = (before as Record<string, unknown>)[key]
    return JSON.stringify(old) === JSON.stringify(value) ? [] : [[key, changes(old, value)] as const]
  })
  const gone = Object.keys(before).filter((key) => !(key in after))
  return { ...Object.fromEntries(entries), ...(gone.length > 0 && { gone }) }
}
