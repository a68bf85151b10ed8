/** Codes of the images that push-only steps take: of this run, of the store, of Docker, of archives. */
import type { CodeEntry } from '../codes.ts'

export const sourceCodes = {
  IMAGE_SOURCE_UNKNOWN: {
    severity: 'error',
    message: 'it is not known which image to push',
    hint: 'name it with PLUGIN_SOURCE_TAR_PATH or PLUGIN_SOURCE_IMAGE, or build one in this stage before',
    explain:
      'A push-only step without a source pushes the image that was built earlier in the same stage, and there is none. `slipway plugin` pushes what is kept under the names it pushes to.',
  },
  IMAGE_NOT_STORED: {
    severity: 'error',
    message: 'there is no image "{name}" in the image store',
    hint: 'images there: {known}',
    explain:
      'The step takes an image by name, and no step before it built an image of that name. Images built in a stage are kept under every tag they were given.',
  },
  IMAGE_NOWHERE: {
    severity: 'error',
    message: 'there is no image "{name}" in the image store, and none in the Docker Engine at {engine}',
    hint: '{known}; in the engine: {there}',
    explain: 'The step takes an image by name. The images of this run were asked for it, then the image store, then the Docker Engine.',
  },
  IMAGE_IN_DOCKER: {
    severity: 'info',
    message: '{names} is in the Docker Engine at {engine} as well',
    explain: 'The step asks for its image to be loaded. It is in the image store of Slipway in any case, and in the Docker Engine when one answers.',
  },
  IMAGE_NOT_IN_DOCKER: {
    severity: 'info',
    message: '{names} is in the image store; no Docker Engine answers at {engine} to take it too',
    explain:
      'The step asks for its image to be loaded. Without a Docker Engine it is in the image store only: later steps find it there, and `slipway push NAME docker-daemon:NAME` hands it to Docker later.',
  },
  SOURCE_EXACT: {
    severity: 'info',
    message: 'There is an image of exactly the name {written}: it is the source, and not the one built as {name}.',
    explain:
      'A source name that ends in "-buildx" means the image that this run built without that ending, unless an image has exactly the name that was written.',
  },
  ARCHIVE_HANDED_OVER: {
    severity: 'info',
    message: '{path} is what stage {stage} wrote: {digest}',
    explain:
      'A workspace is gone when its stage ends. Archives that image steps wrote are handed over to later stages of the run under their path: the image that is pushed is the one that was archived.',
  },
  REGISTRY_REF_OWN: {
    severity: 'info',
    message: 'registryRef {name} is no connector: the image goes to {registry}, in the registry of Slipway',
    explain:
      'A registryRef names a registry that the CI service itself keeps. Here that is the registry of Slipway: without more it lies in the data folder of this machine and is served during the run; `hosts` maps registry.slipway.internal to one that several machines share. A connector of that name goes before it.',
  },
  ARCHIVE_CLAIMED: {
    severity: 'error',
    message: '{path} is being written by the step {step} at the same time',
    hint: 'give each of them an archive of its own, or let one wait for the other',
    explain:
      'Steps that run side by side share the workspace, and only one of them could have its image in the file. Where the path is known beforehand, as with a variable of the stage, the plan refuses it already (PLAN_SAME_ARCHIVE).',
  },
  ARCHIVE_GONE: {
    severity: 'warning',
    message: 'the image that run {run} wrote to {path} is not on this machine any more, so this stage runs again',
    explain:
      'A run that goes on from the failed stage takes over what earlier stages came to, with the images that they wrote to archives. When such an image was removed in the meantime, by pruning for one, its stage is run again to make it anew.',
  },
  ARCHIVE_HANDED_AMBIGUOUS: {
    severity: 'error',
    message: '{path} was written by several stages: {stages}',
    hint: 'give each stage an archive name of its own',
    explain:
      'The workspace of this stage has no such file. Earlier stages wrote different images to this path, each in a workspace of its own, and nothing says which one is meant.',
  },
} as const satisfies Record<string, CodeEntry>
