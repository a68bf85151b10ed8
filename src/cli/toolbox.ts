/** The adapters a command may need, made on demand: main picks them, commands only use the interfaces. */
import type { Diagnostic } from '../base/diagnostic.ts'
