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
    hint: 'Use type=registry, type=local or type=inline; a folder that the CI service keeps between runs does with type=local.',
    explain:
      'The kinds gha, s3, gcs and azblob talk to a service of their own. The embedded builder exchanges its cache through registries and folders, which every such service can hold.',
  },
} as const satisfies Record<string, CodeEntry>
