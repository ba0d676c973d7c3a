// Everything a program needs that explains networks: `import Limn` is enough.
//
// The engine and the readers of files are not among them: formats open networks, and the engine's own types share names
// with the kit's. The methods come with their catalogue.
@_exported public import AttributionKit
@_exported public import Evaluating
@_exported public import Explaining
@_exported public import Formats
@_exported public import Images
@_exported public import Masks
@_exported public import MethodCatalog
@_exported public import MetricCatalog
@_exported public import Rendering
@_exported public import Reporting
@_exported public import Tensors
