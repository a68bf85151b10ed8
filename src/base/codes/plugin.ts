/** Codes of being an image plugin, and of doing the work of one. */
import type { CodeEntry } from '../codes.ts'

export const pluginCodes = {
  PLUGIN_FAMILY_UNKNOWN: {
    severity: 'error',
    message: 'no plugin is called "{name}"',
    hint: 'known: {names}; with drone- in front as well',
    explain:
      '`slipway plugin` stands for one program of the original: the one that `--as` names, or the one whose name Slipway was started by. Programs of the same name read the same variables.',
  },
  PLUGIN_ENV_FILE_UNREADABLE: {
    severity: 'warning',
    message: 'the file of variables {file} cannot be read: {reason}',
    hint: 'correct PLUGIN_ENV_FILE, or remove it',
    explain: 'PLUGIN_ENV_FILE names a file with lines NAME=value that are taken as variables. As with the original, the plugin goes on without it.',
  },
  PLUGIN_TAGS_LATER: {
    severity: 'info',
    message: 'no tags are named: they are those of the file .tags in the workspace, if it is there when the step runs, else latest',
    explain:
      'The image plugins read tags from a file `.tags` where no variable names any: tags with commas or line breaks between them. Earlier steps may write it, so a plan cannot know it.',
  },
  PLUGIN_RUN_DIRECTLY: {
    severity: 'info',
    message: 'the image {image} is not started: the work of the plugin {plugin} is done by Slipway itself',
    hint: 'to start the image all the same, set {flag}: true under `flags` in .slipway/config.yaml, or give the step an entrypoint',
    explain:
      'A Plugin step whose image is one of the image plugins (`plugins/docker`, `plugins/kaniko-ecr` and their kin, at any tag, from any host or mirror) asks for a build or a push, which Slipway does itself with the same variables: neither a container nor a daemon is needed, and the step has outputs. The connector of the step is the one that its image would be pulled with, so it is not used.',
  },
  IMAGE_NAMES_DIFFER: {
    severity: 'error',
    message: 'the names that are to be pushed are kept for different images: {names}',
    hint: 'push each of them alone, or name the image with PLUGIN_SOURCE_IMAGE',
    explain:
      'A push-only call without a source pushes the image that is kept under the names it pushes to. One image goes to all of them, so they must name the same one.',
  },
} as const satisfies Record<string, CodeEntry>
