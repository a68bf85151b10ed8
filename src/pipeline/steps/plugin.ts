/** Plugin steps: an image that is steered by PLUGIN_* variables. And GitClone. */
import { dynList, dynMap, dynText } from '../../dynamic/shapes.ts'
import { dynTree } from '../../dynamic/tree.ts'
import { mapOf } from '../../yaml/shape/collections.ts'
import { optional, required } from '../../yaml/shape/field.ts'
import { record } from '../../yaml/shape/record.ts'
import { cloneFields } from '../codebase.ts'
import { containerFields } from '../container.ts'
import { needsOneOf } from '../needs-one-of.ts'
import { reports } from './commands.ts'

const plugin = record(
  {
    connectorRef: optional(dynText()),
    registryRef: optional(dynText()),
    image: optional(dynText({ doc: 'Image of the plugin.' })),
    uses: optional(dynText()),
    settings: optional(mapOf(dynTree({ numbers: 'json' }), { doc: 'Each key becomes the variable PLUGIN_<KEY>.' })),
    entrypoint: optional(dynList()),
    envVariables: optional(dynMap()),
    reports: optional(reports),
    ...containerFields,
  },
  { name: 'PluginSpec' },
)

export const pluginSpec = needsOneOf(plugin, ['image', 'uses'])

export const gitCloneSpec = record(
  { ...cloneFields, build: required(cloneFields.build.shape), outputFilePathsContent: optional(dynList()), ...containerFields },
  { name: 'GitCloneSpec', doc: 'Clones a repository into the workspace.' },
)
