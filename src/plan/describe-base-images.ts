/** Where the base images of a build come from, and as whom they are pulled. */
import type { Hidden } from '../base/hidden.ts'
import { known, type Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { ImageJob } from '../image-job/image-job.ts'
import type { Transport } from '../image-job/transport.ts'
import type { ImageWork } from '../steps/image-work.ts'

const hub = 'docker.io'

/** The Dockerfile is read when the build begins: until then it is known which registry each kind of name means. */
export function describeBaseImages(job: ImageJob, work: Pick<ImageWork, 'connector' | 'baseConnectors'>): readonly string[] {
  if (job.source.kind !== 'build') return []
  return [
    `base images from the registry that FROM names, ${hub} where it names none`,
    ...elsewhere(job.transport),
    `pulled as ${asWhom(job, work).join(', else ')}`,
  ]
}

function elsewhere({ mirrors, mirrorsOnly, map }: Transport): readonly string[] {
  const last = mirrorsOnly ? 'and from nowhere else' : 'then from itself'
  const line = (host: string, places: Planned<readonly string[]>) =>
    places.kind === 'known' && places.value.length === 0 ? [] : [`${host} from ${list(places)}, ${last}`]
  const mapped =
    map.kind === 'deferred'
      ? line('mapped registries', map)
      : [...Map.groupBy(map.value, ({ name }) => name)].flatMap(([host, pairs]) => line(host, known(pairs.flatMap(({ value }) => value ?? []).map(showText))))
  return [...line(hub, mirrors), ...mapped]
}

/** In the order in which they are asked. */
function asWhom({ login }: ImageJob, { connector, baseConnectors = [] }: Pick<ImageWork, 'connector' | 'baseConnectors'>): readonly string[] {
  const { baseUsername, baseRegistry } = login ?? {}
  return [
    ...(baseUsername === undefined ? [] : [`the user of the settings on ${baseRegistry === undefined ? hub : shown(baseRegistry)}`]),
    ...baseConnectors.map((one) => `the base image connector ${shown(one)}`),
    ...(connector === undefined ? [] : [`the connector ${shown(connector)} on its own host`]),
    'whom this machine is signed in as',
    'nobody',
  ]
}

function shown(planned: Planned<Text | Hidden>): string {
  if (planned.kind === 'deferred') return waiting(planned)
  return isHidden(planned.value) ? '********' : showText(planned.value)
}

function isHidden(value: Text | Hidden): value is Hidden {
  return typeof value === 'object' && 'kind' in value && value.kind === 'hidden'
}

function list(planned: Planned<readonly unknown[]>): string {
  return planned.kind === 'known' ? planned.value.join(', ') : waiting(planned)
}

function waiting({ source, until }: Extract<Planned<unknown>, { kind: 'deferred' }>): string {
  return `${source} (known after ${until})`
}
