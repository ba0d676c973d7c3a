public import GraphEngine

/// Why a file cannot be read as a program of `torch.export`.
///
/// Each case reads as one sentence that ends with what to do about it.
public enum TorchExportError: Error, Hashable, Sendable {
  // MARK: The file

  /// There is no file at the path.
  case missingFile(String)
  /// The file is there and cannot be read.
  case unreadableFile(String, reason: String)
  /// The file is no zip archive, or its directory is damaged.
  case damaged(String)
  /// An archive of another layout than PyTorch writes since version 2.8.
  case otherLayout(String, found: String)
  /// An archive of code that was compiled for one machine.
  case compiled(String)
  /// An archive of several programs.
  case severalPrograms(String, programs: [String])
  /// A description by a schema that is not known.
  case otherSchema(version: String)
  /// A description that contradicts itself.
  case malformed(reason: String)
  /// An operator whose settings contradict its inputs.
  case malformedNode(node: String, reason: String)

  // MARK: The limits of this importer

  /// Every operator of the program that cannot be lowered, by its name, and where it is met first.
  case unsupported([UnsupportedTarget])
  /// An operator that is known, used in a way that is not.
  case unsupportedUse(String, reason: String)
  /// A value of more elements than the engine can hold.
  case tooLarge(value: String, shape: [Int])

  // MARK: What was asked for

  /// The program takes another number of images.
  case fixedBatch(input: String, declared: Int, asked: Int)
  /// The program makes one answer of several images, so that none has one of its own.
  case mixedImages(input: String, images: Int)
  /// The program takes images of another size.
  case fixedImageSize(input: String, declared: [Int], asked: [Int])
  /// Images of this size do not fit a program that leaves their size open.
  case unfitImageSize(height: Int, width: Int, reason: String)
  /// The program has no input of this name.
  case noSuchInput(String, inputs: [String])
  /// An array for an input that is fixed has another shape than that.
  case wrongShape(input: String, declared: String, given: [Int])
}

/// An operator that cannot be lowered.
public struct UnsupportedTarget: Hashable, Sendable {
  /// Its name: `aten.fft_fft2`.
  public let name: String
  /// The layer, or else the value, where it is met first.
  public let layer: String
  /// How often it is met.
  public let count: Int
}

extension TorchExportError: NetworkFileError {
  public var fault: NetworkFileFault {
    switch self {
    case .missingFile: .missing
    case .unreadableFile: .unreadable
    case .damaged, .malformed, .malformedNode: .damaged
    case .otherLayout, .compiled, .severalPrograms, .otherSchema, .unsupported, .unsupportedUse, .tooLarge, .fixedBatch,
      .mixedImages:
      .unsupported
    case .fixedImageSize, .unfitImageSize: .imageSize
    case .noSuchInput, .wrongShape: .absent
    }
  }

  public var description: String {
    let again = "export it again with torch.export.save"
    switch self {
    case .missingFile(let path): return "there is no file '\(path)'; check the name and the folder"
    case .unreadableFile(let path, let reason): return "'\(path)' cannot be read: \(reason)"
    case .damaged(let path): return "'\(path)' is damaged or cut short; fetch it or \(again)"
    case .otherLayout(let path, let found):
      return
        "'\(path)' is a program of torch.export as older versions of PyTorch laid it out (\(found)): load it with the "
        + "version that wrote it and export the network again with PyTorch 2.8 or later"
    case .compiled(let path):
      return "'\(path)' holds code that AOTInductor compiled, which is never run: save the program itself, with "
        + "torch.export.save"
    case .severalPrograms(let path, let programs):
      return
        "'\(path)' holds \(programs.count) programs (\(listed(programs))): save the one to explain by itself, with "
        + "torch.export.save"
    case .otherSchema(let version):
      return "the program is described by schema \(version), and schemas 8 are read: \(again) of PyTorch 2.8 or later"
    case .malformed(let reason): return "the program is inconsistent: \(elided(reason, to: 200)); \(again)"
    case .malformedNode(let node, let reason): return "\(node) is inconsistent: \(elided(reason, to: 300)); \(again)"
    case .unsupported(let targets):
      let list = targets.map { target in
        "\(target.name) (in '\(elided(target.layer, to: 60))'\(target.count > 1 ? ", \(target.count) times" : ""))"
      }
      return "the program has operators that are not supported: "
        + joined(list, by: ", ", within: 500, kind: "more")
        + "; program.run_decompositions() before saving may replace them by others"
    case .unsupportedUse(let node, let reason): return "\(node) is used in a way that is not supported: \(reason)"
    case .tooLarge(let value, let shape):
      return "'\(elided(value, to: 100))' would be \(spelled(shape)), more than can be held; use smaller images"
    case .fixedBatch(let input, let declared, let asked):
      return
        "'\(elided(input, to: 100))' takes \(declared) \(declared == 1 ? "image" : "images") at a time, not \(asked); "
        + "export the network with a dynamic batch"
    case .mixedImages(let input, let images):
      return "the program makes one answer of the \(images) images of '\(elided(input, to: 100))'; export it for one"
    case .fixedImageSize(let input, let declared, let asked):
      return
        "'\(elided(input, to: 100))' takes images of \(spelled(declared)), not \(spelled(asked)); leave the size out"
    case .unfitImageSize(let height, let width, let reason):
      return "images of \(height) × \(width) do not fit the program: \(elided(reason, to: 200)); give another size"
    case .noSuchInput(let name, let inputs):
      return "the program has no input '\(elided(name, to: 100))'; its inputs are \(listed(inputs))"
    case .wrongShape(let input, let declared, let given):
      return
        "'\(elided(input, to: 100))' is \(declared), and the array given for it \(spelled(given)); give one that fits"
    }
  }
}
