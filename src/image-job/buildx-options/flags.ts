/** The options of `buildx build`, and what each comes to in a job. */
export type Takes = 'value' | 'nothing' | 'maybe'

/** `into`: the list or field it fills; `ignored`: known, and without effect here. */
export type Meaning =
  | { readonly kind: 'list'; readonly into: 'platform' | 'ssh' | 'secret' | 'arg' | 'label' | 'cacheFrom' | 'cacheTo' | 'addHost' | 'output' | 'tag' }
  | { readonly kind: 'one'; readonly into: 'target' | 'network' | 'provenance' | 'sbom' | 'file' | 'builder' | 'metadataFile' }
  | { readonly kind: 'switch'; readonly into: 'noCache' | 'pull' | 'load' | 'push' | 'quiet' }
  | { readonly kind: 'ignored'; readonly because: string }

export interface BuildxFlag {
  readonly takes: Takes
  readonly meaning: Meaning
}

const list = (into: Extract<Meaning, { kind: 'list' }>['into']): BuildxFlag => ({ takes: 'value', meaning: { kind: 'list', into } })
const one = (into: Extract<Meaning, { kind: 'one' }>['into'], takes: Takes = 'value'): BuildxFlag => ({ takes, meaning: { kind: 'one', into } })
const toggle = (into: Extract<Meaning, { kind: 'switch' }>['into']): BuildxFlag => ({ takes: 'maybe', meaning: { kind: 'switch', into } })
const ignored = (because: string, takes: Takes = 'value'): BuildxFlag => ({ takes, meaning: { kind: 'ignored', because } })

const notYet = 'not supported yet'

export const buildxFlags: Readonly<Record<string, BuildxFlag>> = {
  '--add-host': list('addHost'),
  '--allow': ignored('the build runs without such rights'),
  '--annotation': ignored(notYet),
  '--attest': ignored(notYet),
  '--build-arg': list('arg'),
  '--build-context': ignored(notYet),
  '--builder': one('builder'),
  '--cache-from': list('cacheFrom'),
  '--cache-to': list('cacheTo'),
  '--cgroup-parent': ignored('no daemon runs the containers'),
  '--debug': ignored('it is about the output of buildx', 'nothing'),
  '--file': one('file'),
  '--iidfile': ignored('the digest is an output of the step'),
  '--label': list('label'),
  '--load': toggle('load'),
  '--metadata-file': one('metadataFile'),
  '--network': one('network'),
  '--no-cache': toggle('noCache'),
  '--no-cache-filter': ignored(notYet),
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
  '--shm-size': ignored(notYet),
  '--ssh': list('ssh'),
  '--tag': list('tag'),
  '--target': one('target'),
  '--ulimit': ignored(notYet),
}

export const shortFlags: Readonly<Record<string, string>> = { '-f': '--file', '-o': '--output', '-q': '--quiet', '-t': '--tag', '-D': '--debug' }
