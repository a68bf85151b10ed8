/** What goes wrong with the build cache and its places. */
import type { CodeEntry } from '../codes.ts'

export const cacheCodes = {
  CACHE_SPEC_INVALID: {
    severity: 'error',
    message: 'The cache "{type}" cannot be used: {reason}.',
    hint: 'Write type=registry,ref=IMAGE or type=local,src=FOLDER (dest=FOLDER to export), or type=inline to export.',
    explain: '--cache-from and --cache-to take comma-separated NAME=VALUE pairs, or just the reference of an image. docs/cache.md has all of them.',
  },
  CACHE_TYPE_UNKNOWN: {
    severity: 'error',
    message: 'The embedded builder keeps no cache of type {type}.',
    hint: 'Use type=registry, type=local or type=inline, or set engine: buildx, which has it.',
    explain:
      'The kinds gha, s3, gcs and azblob talk to a service of their own. The embedded builder exchanges its cache through registries, which every cloud has, and through folders; a folder that the CI service keeps between runs does with type=local. `slipway build` refuses such a kind; in a pipeline it is a warning before the build, which goes on without it.',
  },
  CACHE_LIMIT_INVALID: {
    severity: 'error',
    message: '{option} {text} is not understood.',
    hint: 'Write it as {wanted}.',
    explain: 'Pruning takes how long something was not used, as 90m, 24h or 36h30m, and how much may stay, as 500MB or 10GB.',
  },
  CACHE_EMPTY: {
    severity: 'info',
    message: 'There is no cache at {place} yet.',
    explain:
      'The place that --cache-from names does not exist, or holds something else, such as the cache of another builder. The build goes on without it; a build that exports its cache makes it.',
  },
  CACHE_IMPORT_FAILED: {
    severity: 'warning',
    message: 'The cache at {place} cannot be read: {reason}',
    explain: 'The registry does not answer, refuses the credentials, or what it holds is damaged. A cache only saves time, so the build goes on without it.',
  },
  CACHE_LAYER_LOST: {
    severity: 'warning',
    message: 'Layer {digest} of the cache at {from} cannot be had: {reason}',
    explain:
      'The cache lists a layer that its registry or folder does not give out. During a build everything is done again without that cache; while the image is pushed it is an error, because the image needs the layer.',
  },
  CACHE_MOUNT_IN_USE: {
    severity: 'error',
    message: 'The cache mount {id} is in use: {what}.',
    hint: 'Try again when the build is over.',
    explain:
      'A folder of RUN --mount=type=cache is exported while nobody changes it, and replaced while nobody works with it. One that a build has for itself (sharing=locked or private) is waited for, a minute at most.',
  },
  CACHE_MOUNT_UNKNOWN: {
    severity: 'error',
    message: 'There is no cache mount {id} {where}.',
    hint: 'There are: {known}.',
    explain:
      'An id is what RUN --mount=type=cache,id=… says, or the target where it says none. `slipway cache mounts` lists those of this machine. Folders that a build of another user, or on another rung of the sandbox, made are not seen.',
  },
  CACHE_MOUNT_REFUSED: {
    severity: 'error',
    message: 'The cache mount {id} is refused: {reason}.',
    explain:
      'What is laid down must be a folder that this program packed: every path below one folder, no path that leaves it or passes through a link, the content as its digest says. Nothing was laid down.',
  },
  CACHE_MOUNT_NOT_IMPORTED: {
    severity: 'warning',
    message: 'The cache mount {id} begins anew; that of {from} cannot be had: {reason}',
    explain:
      'A cache that --cache-from names lists the folder, but does not give it out, or it is damaged. A cache only saves time, so the build goes on without it.',
  },
  CACHE_MOUNTS_NONE: {
    severity: 'error',
    message: '{place} has no cache mounts.',
    hint: 'Make some with a build that has RUN --mount=type=cache, and export them with `slipway cache export` or cacheTo with mounts=true.',
    explain:
      'The folders of RUN --mount=type=cache travel in a cache of this program. An ordinary image, or a cache that was exported without mounts=true, has none.',
  },
  CACHE_EXPORT_NOWHERE: {
    severity: 'error',
    message: 'It is not said where to export the cache mounts to.',
    hint: 'Name a file, or a registry with --push REFERENCE, or both.',
    explain:
      '`slipway cache export mounts.tar` writes an archive, which `slipway push` and `skopeo copy` can carry on; `--push ghcr.io/acme/mounts` sends it to a registry.',
  },
  CACHE_EXPORT_FAILED: {
    severity: 'error',
    message: 'The cache cannot be exported to {place}: {reason}',
    hint: 'With ignore-error=true this is a warning.',
    explain:
      'The image was built, but the place that --cache-to names does not take the cache. As with BuildKit the build fails then, unless the export says ignore-error=true.',
  },
} as const satisfies Record<string, CodeEntry>
