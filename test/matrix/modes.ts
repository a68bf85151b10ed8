/** One table: each mode of an image step, how it is asked for, and what comes of it, whatever the step's type and where the variables stand. */

export type Vars = Readonly<Record<string, string>>

export interface Outcome {
  /** Codes of errors; none: the run passes. */
  readonly errors?: readonly string[]
  /** Codes of notes that must be said. */
  readonly notes?: readonly string[]
  /** The step's tags are in its registry, all with the digest that was built. */
  readonly pushed: boolean
  /** Files that the step wrote, and nothing else. */
  readonly wrote?: readonly string[]
  /** The image is in the store under the step's tags. */
  readonly stored?: boolean
  /** The Docker Engine was given the image. */
  readonly inDocker?: boolean
}

export interface Mode {
  readonly name: string
  /** Variables of the step under test. `IMAGE` and `TAG` stand for its own repository and first tag. */
  readonly vars: Vars
  /** What comes before: a build by another step, with these variables of its own. */
  readonly before?: { readonly vars: Vars; readonly where: 'same stage' | 'stage before' }
  /** An image that the Docker Engine has before the run. */
  readonly docker?: 'empty' | 'has SOURCE'
  readonly expect: Outcome
  /** Where the engine buildx differs, and why it has to; `at`: only when the variables stand there. */
  readonly buildx?: { readonly expect: Outcome; readonly because: string; readonly at?: 'step' | 'stage' }
}

/** Of cases whose outcome tells whether there is a Docker Engine. */
const builtByOne = 'the engine buildx builds with a Docker Engine, so there always is one'

const archived = { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'out/image.tar' }
const fromArchive = { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'out/image.tar' }
const quiet = { pushed: false, stored: true } as const

/** `SOURCE` is the image of the step before. */
export const modes: readonly Mode[] = [
  { name: 'build and push', vars: {}, expect: { pushed: true } },
  { name: 'build only', vars: { PLUGIN_NO_PUSH: 'true' }, expect: quiet },
  { name: 'build only, in the words of buildx', vars: { PLUGIN_DRY_RUN: 'true' }, expect: quiet },
  { name: 'build to an archive', vars: archived, expect: { ...quiet, wrote: ['/harness/out/image.tar'] } },
  { name: 'build to an archive, and push', vars: { PLUGIN_TAR_PATH: '/harness/image.tar' }, expect: { pushed: true, wrote: ['/harness/image.tar'] } },
  {
    name: 'build to an OCI archive and a layout',
    vars: { PLUGIN_NO_PUSH: 'true', PLUGIN_DESTINATION_TAR_PATH: 'oci.tar', PLUGIN_BUILDX_OUTPUT_FORMAT: 'oci', PLUGIN_OCI_LAYOUT_PATH: 'layout' },
    expect: { ...quiet, wrote: ['/harness/layout', '/harness/oci.tar'] },
    buildx: {
      at: 'step',
      expect: { pushed: false, errors: ['TOOL_CONFLICT'] },
      because: 'the step asks for both tools by itself, of which the originals would ignore one: only the engine embedded, when it is named, takes both',
    },
  },
  {
    name: 'build and load, with a Docker Engine',
    vars: { PLUGIN_NO_PUSH: 'true', PLUGIN_BUILDX_LOAD: 'true' },
    docker: 'empty',
    expect: { ...quiet, inDocker: true, notes: ['IMAGE_IN_DOCKER'] },
  },
  {
    name: 'build and load, without a Docker Engine',
    vars: { PLUGIN_DRY_RUN: 'true', PLUGIN_BUILDX_LOAD: 'true' },
    expect: { ...quiet, notes: ['IMAGE_NOT_IN_DOCKER'] },
    buildx: { expect: { ...quiet, inDocker: true, notes: ['IMAGE_IN_DOCKER'] }, because: builtByOne },
  },
  { name: 'push an archive', vars: fromArchive, before: { vars: archived, where: 'same stage' }, expect: { pushed: true } },
  {
    name: 'push an archive of another stage',
    vars: fromArchive,
    before: { vars: archived, where: 'stage before' },
    expect: { pushed: true, notes: ['ARCHIVE_HANDED_OVER'] },
  },
  {
    name: 'push a stored image',
    vars: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'SOURCE' },
    before: { vars: { PLUGIN_NO_PUSH: 'true' }, where: 'stage before' },
    expect: { pushed: true },
  },
  {
    name: 'push a stored image by its -buildx name',
    vars: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'SOURCE-buildx' },
    before: { vars: { PLUGIN_NO_PUSH: 'true', PLUGIN_BUILDX_LOAD: 'true' }, where: 'same stage' },
    expect: { pushed: true, notes: ['JOB_SOURCE_ALIAS'] },
  },
  {
    name: 'push what the Docker Engine has',
    vars: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'SOURCE' },
    docker: 'has SOURCE',
    expect: { pushed: true },
  },
  {
    name: 'push the image built before it',
    vars: { PLUGIN_PUSH_ONLY: 'true' },
    before: { vars: { PLUGIN_NO_PUSH: 'true' }, where: 'same stage' },
    expect: { pushed: true },
  },
  {
    name: 'push the image built and pushed before it',
    vars: { PLUGIN_PUSH_ONLY: 'true' },
    before: { vars: {}, where: 'same stage' },
    expect: { pushed: true },
  },
  {
    name: 'push an image that nobody has',
    vars: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'acme/nobody:1' },
    expect: { pushed: false, errors: ['IMAGE_NOT_STORED'] },
    buildx: { expect: { pushed: false, errors: ['IMAGE_NOWHERE'] }, because: builtByOne },
  },
  {
    name: 'push an image that nobody has, with a Docker Engine',
    vars: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'acme/nobody:1' },
    docker: 'empty',
    expect: { pushed: false, errors: ['IMAGE_NOWHERE'] },
  },
  { name: 'push an archive that is not there', vars: fromArchive, expect: { pushed: false, errors: ['ARCHIVE_NOT_FOUND'] } },
  {
    name: 'neither build nor push',
    vars: { PLUGIN_NO_PUSH: 'true', PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'acme/a:1' },
    expect: { pushed: false, errors: ['JOB_NO_PUSH_AND_PUSH_ONLY'] },
  },
]
