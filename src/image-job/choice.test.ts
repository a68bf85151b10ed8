import { describe, expect, it } from 'vitest'
import type { Tool } from '../settings/vocabulary.ts'
import type { YamlValue } from '../settings/yaml-value.ts'
import { chooseEngine } from './choose-engine.ts'
import { chooseTool, type ToolFacts } from './choose-tool.ts'
import { at, both, fieldSettings, settingsOf, type Vars } from './job.testing.ts'

interface Case {
  readonly on: 'k8s' | 'k8s+flag' | 'cloud'
  readonly fields?: Readonly<Record<string, YamlValue>>
  readonly vars?: Vars
  readonly stage?: Vars
  readonly mounts?: ToolFacts['mounts']
  readonly tool: Tool
  readonly reason: RegExp
}

const cases: readonly Case[] = [
  { on: 'k8s', tool: 'kaniko', reason: /default on Kubernetes/ },
  { on: 'k8s+flag', tool: 'buildx', reason: /CI_USE_BUILDX_ON_K8/ },
  { on: 'cloud', tool: 'buildx', reason: /default outside/ },
  { on: 'k8s', fields: { caching: true }, tool: 'buildx', reason: /caching needs/ },
  { on: 'k8s', fields: { caching: false }, tool: 'kaniko', reason: /default on/ },
  { on: 'k8s+flag', fields: { caching: true }, tool: 'buildx', reason: /caching needs/ },
  { on: 'cloud', fields: { caching: true }, tool: 'buildx', reason: /caching needs/ },
  { on: 'k8s', fields: { cacheTo: 'type=inline' }, tool: 'buildx', reason: /cacheTo needs/ },
  { on: 'k8s', fields: { cacheFrom: ['a/b'] }, tool: 'kaniko', reason: /default on/ },
  { on: 'k8s', fields: { remoteCacheRepo: 'a/b' }, tool: 'kaniko', reason: /default on/ },
  { on: 'k8s', fields: { envDockerSecrets: { a: 'B' } }, tool: 'buildx', reason: /envDockerSecrets/ },
  { on: 'k8s', fields: { fileDockerSecrets: { a: 'b' } }, tool: 'buildx', reason: /fileDockerSecrets/ },
  { on: 'k8s', fields: { platforms: ['linux/amd64', 'linux/arm64'] }, tool: 'buildx', reason: /platforms/ },
  { on: 'k8s', fields: { platforms: ['linux/amd64'] }, tool: 'kaniko', reason: /default on/ },
  { on: 'k8s', fields: { optimize: true }, tool: 'kaniko', reason: /default on/ },
  { on: 'cloud', fields: { optimize: true }, tool: 'buildx', reason: /default outside/ },
  { on: 'k8s', vars: { PLUGIN_BUILDX_OPTIONS: '--no-cache' }, tool: 'buildx', reason: /PLUGIN_BUILDX_OPTIONS/ },
  { on: 'k8s', vars: { PLUGIN_BUILDX_LOAD: 'true' }, tool: 'buildx', reason: /PLUGIN_BUILDX_LOAD/ },
  { on: 'k8s', vars: { PLUGIN_BAKE_FILE: 'b' }, tool: 'buildx', reason: /PLUGIN_BAKE_FILE/ },
  { on: 'k8s', vars: { PLUGIN_BUILDER_NAME: 'b' }, tool: 'buildx', reason: /PLUGIN_BUILDER_NAME/ },
  { on: 'k8s', mounts: ['ssh'], tool: 'buildx', reason: /type=ssh/ },
  { on: 'k8s', mounts: ['secret'], tool: 'buildx', reason: /type=secret/ },
  { on: 'cloud', vars: { PLUGIN_SKIP_TLS_VERIFY: 'true' }, tool: 'kaniko', reason: /only the Kaniko plugin/ },
  { on: 'cloud', vars: { PLUGIN_IGNORE_PATH: '/x' }, tool: 'kaniko', reason: /PLUGIN_IGNORE_PATH/ },
  { on: 'k8s+flag', vars: { PLUGIN_USE_NEW_RUN: 'true' }, tool: 'kaniko', reason: /PLUGIN_USE_NEW_RUN/ },
  { on: 'cloud', stage: { PLUGIN_IGNORE_PATH: '/x' }, fields: { caching: true }, tool: 'buildx', reason: /caching needs/ },
  { on: 'k8s', vars: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'a.tar' }, tool: 'kaniko', reason: /default on/ },
  { on: 'cloud', vars: { PLUGIN_SOURCE_IMAGE: 'a', PLUGIN_PUSH_ONLY: 'true' }, tool: 'buildx', reason: /default outside/ },
  { on: 'k8s', vars: { PLUGIN_DAEMON_OFF: 'true' }, tool: 'kaniko', reason: /default on/ },
  { on: 'k8s', vars: { PLUGIN_BUILDX_LOAD: 'false' }, tool: 'kaniko', reason: /default on/ },
]

const facts = (on: Case['on']): ToolFacts => ({ kubernetes: on !== 'cloud', os: 'Linux', buildxOnKubernetes: on === 'k8s+flag', embeddedChosen: false, at })

function settings(c: Partial<Case>) {
  const fields = fieldSettings('docker', { connectorRef: 'c', repo: 'a/b', tags: ['1'], ...c.fields })
  return both(fields, settingsOf(c.vars ?? {}), settingsOf(c.stage ?? {}, undefined, 'stage-variable'))
}

describe('the tool', () => {
  it.each(cases)('on $on with $fields $vars $stage $mounts is $tool', (c) => {
    const choice = chooseTool(settings(c), { ...facts(c.on), ...(c.mounts !== undefined && { mounts: c.mounts }) })
    expect(choice.tool).toBe(c.tool)
    expect(choice.reasons.join('; ')).toMatch(c.reason)
    expect(choice.diagnostics).toEqual([])
  })

  it.each(['k8s', 'k8s+flag', 'cloud'] as const)('is in conflict on %s when a step asks for both, unless the embedded engine is named', (on) => {
    const both = settings({ fields: { caching: true }, vars: { PLUGIN_IGNORE_PATH: '/x' } })
    const { diagnostics } = chooseTool(both, facts(on))
    expect(diagnostics).toMatchObject([{ code: 'TOOL_CONFLICT', severity: 'error', at, message: expect.stringMatching(/PLUGIN_IGNORE_PATH.*caching/) }])
    expect(chooseTool(both, { ...facts(on), embeddedChosen: true }).diagnostics).toEqual([])
  })

  it('builds nothing on Windows', () => {
    expect(chooseTool({}, { ...facts('cloud'), os: 'Windows' }).diagnostics).toMatchObject([{ code: 'TOOL_WINDOWS', at }])
  })
})

describe('the engine', () => {
  it.each([
    [{}, undefined, 'embedded', /default/],
    [{}, 'kaniko', 'kaniko', /--engine/],
    [{ PLUGIN_BAKE_FILE: 'b' }, undefined, 'buildx', /bake files/],
    [{ PLUGIN_BUILDER_NAME: 'b' }, undefined, 'buildx', /builders/],
    [{ PLUGIN_BUILDER_NAME: 'b' }, 'buildx', 'buildx', /--engine/],
    [{ PLUGIN_ENGINE: 'kaniko' }, 'buildx', 'kaniko', /engine: kaniko/],
    [{ PLUGIN_BUILDX_OPTIONS: '--no-cache' }, undefined, 'embedded', /default/],
  ] as const)('%j with --engine %s is %s', (vars, chosen, engine, reason) => {
    const choice = chooseEngine(settingsOf(vars as Vars), chosen === undefined ? {} : { chosen })
    expect(choice).toMatchObject({ engine, diagnostics: [] })
    expect(choice.reasons.join()).toMatch(reason)
  })

  it.each([
    { PLUGIN_SECRET: 'id=a,env=A' },
    { PLUGIN_SECRETS_FROM_ENV: 'a=A' },
    { PLUGIN_SECRETS_FROM_FILE: 'a=/a' },
    { PLUGIN_SSH_AGENT_KEY: 'key' },
    { PLUGIN_SSH_KEYS: 'default' },
    { PLUGIN_BUILDX_OPTIONS: '--secret=id=a' },
    { PLUGIN_BUILDX_OPTIONS_SEMICOLON: '--ssh=default' },
  ] as readonly Vars[])('is not kaniko for %j, which it has no way to mount', (vars) => {
    const [name] = Object.keys(vars)
    const named = chooseEngine(settingsOf({ ...vars, PLUGIN_ENGINE: 'kaniko' })).diagnostics
    expect(named).toMatchObject([{ code: 'ENGINE_CONFLICT', severity: 'error', at, hint: expect.stringContaining('embedded') }])
    expect(named[0]?.message).toContain('PLUGIN_ENGINE')
    expect(named[0]?.message).toContain(name)
    expect(chooseEngine(settingsOf(vars), { chosen: 'kaniko' }).diagnostics[0]?.message).toContain('--engine')
    expect(chooseEngine(settingsOf(vars)).diagnostics).toEqual([])
    expect(chooseEngine(settingsOf(vars), { chosen: 'buildx' }).diagnostics).toEqual([])
  })

  it.each(['envDockerSecrets', 'fileDockerSecrets', 'sshKeys'])('is not kaniko for the field %s, unless it is empty', (name) => {
    const fields = (value: YamlValue) =>
      chooseEngine(fieldSettings('docker', { connectorRef: 'c', repo: 'a/b', tags: ['1'], [name]: value }), { chosen: 'kaniko' })
    expect(fields({ a: 'A' }).diagnostics).toMatchObject([{ code: 'ENGINE_CONFLICT', message: expect.stringContaining(name) }])
    expect(fields({}).diagnostics).toEqual([])
  })

  it('may be kaniko for a step that builds nothing, whatever its stage configures', () => {
    const stage = settingsOf({ PLUGIN_SECRET: 'id=a,env=A' }, undefined, 'stage-variable')
    expect(chooseEngine(both(settingsOf({ PLUGIN_PUSH_ONLY: 'true' }), stage), { chosen: 'kaniko' }).diagnostics).toEqual([])
    expect(chooseEngine(both(settingsOf({ PLUGIN_PUSH_ONLY: 'false' }), stage), { chosen: 'kaniko' }).diagnostics).toHaveLength(1)
  })

  it('refuses one that cannot serve a setting, and one that there is not', () => {
    expect(chooseEngine(settingsOf({ PLUGIN_BAKE_FILE: 'b' }), { chosen: 'embedded' }).diagnostics).toMatchObject([{ code: 'ENGINE_CONFLICT', at }])
    expect(chooseEngine(settingsOf({ PLUGIN_ENGINE: 'buildks' })).diagnostics).toMatchObject([{ code: 'ENGINE_UNKNOWN', at, hint: 'did you mean "buildx"?' }])
  })
})
