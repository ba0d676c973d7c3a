import ArgumentParser
import Explaining

/// What settles how a network is opened: the command's own options.
struct OpenArguments: ParsableArguments {
  @OptionGroup var model: ModelOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var layer: LayerOption
  @OptionGroup var compatibility: CompatibilityOption

  /// The network, once every file named with it is there, and what tells the paths of all files that it is read from.
  func opened(in catalogue: Catalogue) throws -> (explainer: Explainer, files: () -> [String]) {
    let file = try model.file(preprocessing.recipe, layer: layer.layer)
    for named in model.files(with: file) { try named.check() }
    return (try model.open(file, in: catalogue), { model.paths(with: file) })
  }
}

/// What is asked about pictures.
struct ExplainArguments: ParsableArguments {
  @OptionGroup var target: TargetOptions
  @OptionGroup var methods: MethodsOptions
  @OptionGroup var randomization: RandomizationOptions
  @Flag var check = false
}

/// How methods are judged.
struct EvaluateArguments: ParsableArguments {
  @OptionGroup var target: TargetOptions
  @OptionGroup var methods: MethodsOptions
  @OptionGroup var objects: MaskOptions
  @Option var metrics: String?
}

/// How attributions are drawn.
struct RenderArguments: ParsableArguments {
  @OptionGroup var rendering: RenderingOptions
}

/// What layers are shown of.
struct LayersArguments: ParsableArguments {
  @OptionGroup var target: TargetOptions
}
