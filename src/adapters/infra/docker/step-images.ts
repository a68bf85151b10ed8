/** The image of a step, in the engine: one that is there already, one that the engine fetches, or one that we fetch because `hosts` maps its registry. */
import { isProblem, Problem, problem } from '../../../base/problem.ts'
import type { DockerEngine } from '../../../docker-api/engine.ts'
import type { PullLogin } from '../../../docker-api/pull-image.ts'
import type { EngineImage } from '../../../docker-api/schema.ts'
import { archiveStream } from '../../../media/write-archive.ts'
import type { Platform } from '../../../oci/platform.ts'
import { familiarRef, type ImageRef, parseSourceRef, withDefaultTag } from '../../../oci/ref.ts'
import { dockerHub } from '../../../oci/registry-host.ts'
import type { Image, Index } from '../../../oci/views.ts'
import { withoutZstd } from '../../../oci/without-zstd.ts'
import type { StepImage } from '../../../ports/infrastructure.ts'
import type { Credentials } from '../../../ports/registry-auth.ts'
import type { RegistryUse } from '../../../ports/registry-use.ts'
import type { RegistryClient } from '../../../registry/client.ts'
import { mappingOf } from '../../../registry/endpoint.ts'
import { imageFor, pullImage } from '../../../registry/pull.ts'

export interface ImageSources {
  readonly engine: DockerEngine
  readonly client: (use: RegistryUse) => RegistryClient
  /** Of this machine's image store. Throws IMAGE_NOT_STORED. */
  readonly stored: (name: string, o: { readonly signal: AbortSignal }) => Promise<Image | Index>
}

interface Wanted extends ImageSources {
  readonly signal: AbortSignal
}

/** Docker 23. */
const knowsZstd = 42

export async function stepImageIn(image: StepImage, o: Wanted): Promise<EngineImage> {
  const parsed = parseSourceRef(image.reference)
  const [wrong] = parsed.diagnostics
  if (!parsed.ok) throw wrong === undefined ? new Error(`${image.reference} is no image reference`) : new Problem(wrong)
  const ref = withDefaultTag(parsed.value)
  if (image.pull !== 'always') {
    const built = await builtHere(ref, image, o)
    if (built !== undefined) return built
  }
  return isMapped(ref, image, o) ? mapped(ref, image, o) : plain(ref, image, o)
}

function isMapped({ registry }: ImageRef, image: StepImage, o: Wanted): boolean {
  return mappingOf(registry, o.client(image.registry).hosts) !== undefined
}

async function plain(ref: ImageRef, image: StepImage, o: Wanted): Promise<EngineImage> {
  const name = familiarRef(ref)
  const here = image.pull === 'always' ? undefined : await o.engine.inspect(name, o)
  if (here !== undefined) return here
  if (image.pull === 'never') throw problem('STEP_IMAGE_NOT_HERE', { image: image.reference })
  const login = await o.client(image.registry).auth.credentialsFor({ registry: ref.registry, repository: ref.repository }, o)
  await o.engine.pull(name, login === undefined ? undefined : loginOf(login, ref), o).catch((error: unknown) => {
    throw notFetched(error, image, login)
  })
  return there(name, o)
}

function loginOf(login: Credentials, { registry }: ImageRef): PullLogin {
  const serveraddress = registry === dockerHub ? 'https://index.docker.io/v1/' : registry
  if (login.kind === 'basic') return { serveraddress, username: login.username, password: login.password }
  return login.kind === 'bearer' ? { serveraddress, registrytoken: login.token } : { serveraddress, identitytoken: login.token }
}

function notFetched(error: unknown, { reference, registry }: StepImage, login: Credentials | undefined): unknown {
  if (!isProblem(error, 'DOCKER_PULL_FAILED') && !isProblem(error, 'DOCKER_REFUSED')) return error
  const reason = error.message
  const found = login === undefined ? ', which has no login for it' : ''
  const who =
    registry.connector === undefined ? (login === undefined ? 'without a login' : 'with a login of this machine') : `by connector ${registry.connector}${found}`
  const denied = /denied|unauthorized|authentication|no basic auth|forbidden/i.test(reason)
  return problem(denied ? 'STEP_IMAGE_PULL_DENIED' : 'STEP_IMAGE_PULL_FAILED', { image: reference, login: who, reason }, { cause: error })
}

/** The engine does not know the mapping, and its own tags are left alone: what comes from elsewhere has a name of its own. */
async function mapped(ref: ImageRef, image: StepImage, o: Wanted): Promise<EngineImage> {
  const name = ownRef('slipway.mapped', ref)
  const here = await o.engine.inspect(familiarRef(name), o)
  if (image.pull !== 'always' && here !== undefined) return here
  if (image.pull === 'never') throw problem('STEP_IMAGE_NOT_HERE', { image: image.reference })
  const pulled = await pullImage(ref, { client: o.client(image.registry), platform: await platformOf(o), signal: o.signal })
  return loaded(pulled, name, here, o)
}

/** What an earlier step built and stored goes before all else that has its name. */
async function builtHere(ref: ImageRef, image: StepImage, o: Wanted): Promise<EngineImage | undefined> {
  try {
    const view = await imageFor(await o.stored(image.reference, o), await platformOf(o), image.reference)
    const name = ownRef('slipway.stored', ref)
    return await loaded(view, name, await o.engine.inspect(familiarRef(name), o), o)
  } catch (error) {
    if (isProblem(error, 'IMAGE_NOT_STORED')) return undefined
    throw error
  }
}

async function loaded(image: Image, name: ImageRef, here: EngineImage | undefined, o: Wanted): Promise<EngineImage> {
  const { config } = await image.manifest()
  if (here !== undefined && [await image.digest(), config.digest].some((digest) => digest === here.id)) return here
  const { api } = await o.engine.facts(o)
  const readable = Number(api.split('.')[1]) < knowsZstd ? await withoutZstd(image, o) : image
  await o.engine.load(await archiveStream([{ view: readable, refs: [name] }], o), o)
  return there(familiarRef(name), o)
}

/** `docker.io/library/a:1` is `slipway.mapped/docker.io/library/a:1`. */
function ownRef(registry: string, ref: ImageRef): ImageRef {
  const { digest, tag = 'latest' } = ref
  return { registry, repository: `${ref.registry.replaceAll(':', '-')}/${ref.repository}`, tag: digest?.replace(':', '-') ?? tag }
}

async function platformOf({ engine, signal }: Wanted): Promise<Platform> {
  const { os, architecture } = await engine.facts({ signal })
  return { os, architecture }
}

async function there(name: string, o: Wanted): Promise<EngineImage> {
  const found = await o.engine.inspect(name, o)
  if (found === undefined) throw problem('DOCKER_NO_SUCH_IMAGE', { name, engine: o.engine.name })
  return found
}
