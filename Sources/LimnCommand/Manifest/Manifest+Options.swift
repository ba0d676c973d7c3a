import ArgumentParser
import Foundation

extension ModelOptions {
  /// The manifest that was named, or that lies beside the network; with its path.
  func manifest() throws -> (manifest: Manifest, path: String)? {
    if let manifestPath { return (try Manifest(contentsOf: manifestPath), manifestPath) }
    guard let path = (model ?? weights).map(Manifest.path(beside:)), FileManager.default.fileExists(atPath: path) else {
      return nil
    }
    return (try Manifest(contentsOf: path), path)
  }
}

extension Manifest {
  /// Lets the network's manifest, if it has one, speak where the command line is silent.
  static func filled(
    _ model: ModelOptions, _ preprocessing: PreprocessingOptions, _ target: TargetOptions, _ layer: LayerOption
  ) throws -> (ModelOptions, PreprocessingOptions, TargetOptions, LayerOption) {
    var (model, preprocessing, target, layer) = (model, preprocessing, target, layer)
    guard let (manifest, path) = try model.manifest() else { return (model, preprocessing, target, layer) }
    if model.manifestPath == nil { Console.note("following \(path)") }
    manifest.fill(&model, from: path)
    try manifest.fill(&preprocessing, from: path)
    layer.layer = layer.layer ?? manifest.layer
    target.scoreKind = target.scoreKind ?? manifest.score
    return (model, preprocessing, target, layer)
  }

  /// The same for commands that explain nothing.
  static func filled(
    _ model: ModelOptions, _ preprocessing: PreprocessingOptions
  ) throws -> (ModelOptions, PreprocessingOptions) {
    let (target, layer) = (TargetOptions(targets: [], score: nil), LayerOption(layer: nil))
    let filled = try filled(model, preprocessing, target, layer)
    return (filled.0, filled.1)
  }

  private func fill(_ model: inout ModelOptions, from path: String) {
    if model.labels == nil, let labels {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
      model.labels = labels.hasPrefix("/") ? labels : folder.appendingPathComponent(labels).relativePath
    }
    model.logits = model.logits ?? output
  }

  private func fill(_ options: inout PreprocessingOptions, from path: String) throws {
    guard let recipe = preprocessing else { return }
    // Numbers belong together: whoever names one of them on the command line replaces all.
    if options.isAssumed {
      options.preset = recipe.preset
      options.mean = recipe.mean.map(ChannelNumbers.init(numbers:))
      options.std = recipe.std.map(ChannelNumbers.init(numbers:))
      options.scale = recipe.scale
    }
    options.channelOrder = options.channelOrder ?? recipe.channelOrder
    options.fit = options.fit ?? recipe.fit
    if options.size == nil, let size = recipe.size {
      guard let parsed = PixelSize(argument: size) else {
        throw Failure.badData("\(path): 'preprocessing.size' is \"\(size)\"; write \"224\", or \"240x320\"")
      }
      options.size = parsed
    }
    do { try options.validate() } catch { throw Failure.badData("\(path): \(RootCommand.message(for: error))") }
  }
}
