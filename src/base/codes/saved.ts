/** Codes of files that steps save for later runs. */
import type { CodeEntry } from '../codes.ts'

export const savedCodes = {
  STEP_CACHE_MISSED: {
    severity: 'error',
    message: 'nothing is saved under the key {key} in {store}',
    hint: 'Save it first, or leave out failIfKeyNotFound: then the step passes and its output cacheHit is false.',
    explain: 'The step restores files and was told by failIfKeyNotFound to fail where there are none under its key.',
  },
  STEP_CACHE_KEY_INVALID: {
    severity: 'error',
    message: 'the key {key} cannot be used: {reason}',
    hint: 'docs/step-cache.md lists what a key may hold.',
    explain: 'Under the key of a step, files are saved and found again. After expressions and templates are filled in it has 1 to 400 bytes.',
  },
  STEP_CACHE_CHECKSUM_EMPTY: {
    severity: 'warning',
    message: '{file} cannot be read, so its checksum in the key is empty: {reason}',
    hint: 'Name a file that is there before the step runs, as seen from /harness.',
    explain: 'A template of the key asks for the checksum of a file that is not there. The key is made without it: different states then share one key.',
  },
  STEP_CACHE_PATH_MISSING: {
    severity: 'error',
    message: 'there is nothing at {path} that could be saved',
    hint: 'Paths are seen from /harness; patterns such as **/target must match something.',
    explain: 'A path under sourcePaths names no file and no folder when the step runs.',
  },
  STEP_CACHE_PATH_LEFT_OUT: {
    severity: 'warning',
    message: '{path} is left out of what is saved: {reason}',
    explain: 'Sockets, pipes and devices are not saved, nor are folders that caching of the stage expected and did not find.',
  },
  STEP_CACHE_ARCHIVE_REFUSED: {
    severity: 'error',
    message: 'what is saved under {key} in {store} is not unpacked: {reason}',
    hint: 'Paths outside of /harness are restored only below sharedPaths of the stage and below paths that a step of this pipeline saves.',
    explain:
      'Whoever may write to a shared store could put an archive there that writes anywhere. Slipway unpacks only below the paths that the pipeline itself names, never through links, no devices, and no more than fits.',
  },
  STEP_CACHE_DAMAGED: {
    severity: 'error',
    message: 'what is saved under {key} in {store} is damaged: {reason}',
    hint: 'Save it again with override: true.',
    explain: 'The saved files are not those that were written: their length or checksum differs, or they are no archive.',
  },
  STEP_CACHE_STORE_REFUSED: {
    severity: 'error',
    message: '{store} refused {what} with the login of {from}: {reason}',
    hint: 'Check the name of the store, the region, and what the login of the connector may do there: list, read, write.',
    explain: 'The object store answered and said no: wrong credentials, a missing right, or no such bucket or container.',
  },
  STEP_CACHE_STORE_FAILED: {
    severity: 'error',
    message: '{store} failed {what}: {reason}',
    hint: 'Try again later.',
    explain: 'The object store could not do what it was asked for, also when it was asked again.',
  },
  STEP_CACHE_FOLDER_FAILED: {
    severity: 'error',
    message: 'the saved files in {folder} cannot be {action}: {reason}',
    hint: 'Check that the folder is writable and has room, or point SLIPWAY_HOME elsewhere; "slipway cache prune" makes room.',
    explain: 'Files that steps save on this machine are kept below SLIPWAY_HOME.',
  },
  STEP_CACHE_CONNECTOR_WRONG: {
    severity: 'error',
    message: 'the connector {connector} {reason}; {store} needs one of the type {wanted}',
    hint: 'Define it in .slipway/config.yaml, or name another one under connectorRef.',
    explain: 'Steps that save files in S3, GCS and Azure sign in with a connector of that cloud.',
  },
  STEP_CACHE_KEPT_HERE: {
    severity: 'info',
    message: 'the files are kept on this machine, where the original has storage of {provider}',
    explain: 'Save Cache and Restore Cache without a bucket mean storage that the service of Harness manages. Slipway keeps those files below SLIPWAY_HOME.',
  },
  STEP_CACHE_NOTHING_TO_DO: {
    severity: 'info',
    message: 'caching of the stage does nothing: {reason}',
    hint: 'Name folders under caching.paths.',
    explain: 'Without paths, caching of a stage looks for files of known tools: Maven, Gradle, Bazel, npm, Yarn, Go, .NET.',
  },
} as const satisfies Record<string, CodeEntry>
