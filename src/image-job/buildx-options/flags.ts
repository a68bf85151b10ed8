/** The options of `buildx build`, and what each comes to in a job. */
export type Takes = 'value' | 'nothing' | 'maybe'

/** `into`: the list or field it fills; `ignored`: known, and without effect here. */
export type Meaning =
  | { readonly kind: 'list'; readonly into: 'platform' | 'ssh' | 'secret' | 'arg' | 'label' | 'cacheFrom' | 'cacheTo' | 'addHost' | 'output' | 'tag' }
  | { readonly kind: 'one'; readonly into: 'target' | 'network' | 'provenance' | 'sbom' | 'file' | 'builder' | 'metadataFile' }
  | { readonly kind: 'switch'; readonly into: 'noCache' | 'pull' | 'load' | 'push' | 'quiet' }
  | { readonly kind: 'ignored'; readonly because: string }
  /** Handed to the tool as it is; without effect on other engines. */
  | { readonly kind: 'tool'; readonly because: string }

export interface BuildxFlag {
  readonly takes: Takes
  readonly meaning: Meaning
}

const list = (into: Extract<Meaning, { kind: 'list' }>['into']): BuildxFlag => ({ takes: 'value', meaning: { kind: 'list', into } })
const one = (into: Extract<Meaning, { kind: 'one' }>['into'], takes: Takes = 'value'): BuildxFlag => ({ takes, meaning: { kind: 'one', into } })
const toggle = (into: Extract<Meaning, { kind: 'switch' }>['into']): BuildxFlag => ({ takes: 'maybe', meaning: { kind: 'switch', into } })
const notYet = 'only the engine buildx has it'

const tool = (because: string = notYet): BuildxFlag => ({ takes: 'value', meaning: { kind: 'tool', because } })
const ignored = (because: string, takes: Takes = 'value'): BuildxFlag => ({ takes, meaning: { kind: 'ignored', because } })

export const buildxFlags: Readonly<Record<string, BuildxFlag>> = {
  '--add-host': list('addHost'),
  '--allow': tool('the build runs without such rights'),
  '--annotation': tool(),
  '--attest': tool(),
  '--build-arg': list('arg'),
  '--build-context': tool(),
  '--builder': one('builder'),
  '--cache-from': list('cacheFrom'),
  '--cache-to': list('cacheTo'),
  '--cgroup-parent': tool('no daemon runs the containers'),
  '--debug': ignored('it is about the output of buildx', 'nothing'),
  '--file': one('file'),
  '--iidfile': ignored('the digest is an output of the step'),
  '--label': list('label'),
  '--load': toggle('load'),
  '--metadata-file': one('metadataFile'),
  '--network': one('network'),
  '--no-cache': toggle('noCache'),
  '--no-cache-filter': tool(),
  '--output': list('output'),
  '--platform': list('platform'),
  '--progress': ignored('it is about the output of buildx'),
  '--provenance': one('provenance', 'maybe'),
  '--pull': toggle('pull'),
  '--push': toggle('push'),
  '--quiet': toggle('quiet'),
  '--rm': ignored('nothing is left behind', 'maybe'),
  '--sbom': one('sbom', 'maybe'),
  '--secret': list('secret'),
  '--shm-size': tool(),
  '--ssh': list('ssh'),
  '--tag': list('tag'),
  '--target': one('target'),
  '--ulimit': tool(),
}

export const shortFlags: Readonly<Record<string, string>> = { '-f': '--file', '-o': '--output', '-q': '--quiet', '-t': '--tag', '-D': '--debug' }
