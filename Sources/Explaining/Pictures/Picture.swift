import Foundation
public import Images
import Synchronization
public import Tensors

/// A picture as somebody hands it over: a file, pixels or numbers in memory, or something that is drawn when it is needed.
public struct Picture: Sendable {
  /// What it is called: the file as the user named it.
  public let name: String
  let content: Content

  enum Content: Sendable {
    /// A photograph.
    case photograph
    /// An array in the shape of the network's input.
    case arrayFile
    /// A volume with its place in the body.
    case volumeFile
    case raster(Raster)
    case array(Tensor)
    case drawing(@Sendable () throws -> Raster)
  }

  /// A picture in a file, of any kind that `Raster` reads, or with the ending `.npy` an array in the shape of the network's
  /// input, with `.nii` or `.nii.gz` a volume in the shape of that.
  ///
  /// `stack.tif#2` is the second picture in a file of several, and `-` what comes from the standard input.
  public init(_ path: String) {
    if path == "-" {
      let arriving = StandardInput()
      name = "standard input"
      content = .drawing { try arriving.raster() }
      return
    }
    name = path
    let lowercased = path.lowercased()
    content =
      lowercased.hasSuffix(".npy")
      ? .arrayFile : lowercased.hasSuffix(".nii") || lowercased.hasSuffix(".nii.gz") ? .volumeFile : .photograph
  }

  /// A photograph in memory.
  public init(_ photograph: Raster, named name: String) {
    self.name = name
    content = .raster(photograph)
  }

  /// An array in the shape of the network's input, `[channels, height, width]` or with a batch of one, used as it is.
  public init(_ array: Tensor, named name: String) {
    self.name = name
    content = .array(array)
  }

  /// A picture that is drawn when it is needed, on any thread.
  public init(named name: String, drawnBy draw: @escaping @Sendable () throws -> Raster) {
    self.name = name
    content = .drawing(draw)
  }
}

extension Picture: ExpressibleByStringLiteral {
  /// The picture in the file of this name.
  public init(stringLiteral path: String) { self.init(path) }
}

extension Picture {
  /// Whether it holds the network's input itself, and is not prepared.
  public var isArray: Bool {
    switch content {
    case .arrayFile, .volumeFile, .array: true
    case .photograph, .raster, .drawing: false
    }
  }

  /// The file it is in; `nil` for what is in none.
  public var file: String? {
    switch content {
    case .photograph, .arrayFile, .volumeFile: PictureFile(name).path
    case .raster, .array, .drawing: nil
    }
  }

  /// Makes sure that its file is there and may be read.
  ///
  /// - Throws: ``ExplainingError``.
  public func check() throws(ExplainingError) { if let file { try InputFile.check(file, as: "image") } }

  /// The shape of an array without a batch of one; `nil` for what is none.
  ///
  /// - Throws: ``ExplainingError`` where its file cannot be read.
  public func arrayShape() throws(ExplainingError) -> [Int]? { try array()?.shape }

  /// The array without a batch of one; `nil` for what is none.
  func array() throws(ExplainingError) -> Tensor? {
    let tensor: Tensor
    switch content {
    case .arrayFile: tensor = try explaining { try NumPyFile.read(contentsOf: name) }
    case .volumeFile: return try volume()?.tensor
    case .array(let given): tensor = given
    case .photograph, .raster, .drawing: return nil
    }
    return tensor.shape.count == 4 && tensor.shape[0] == 1 ? tensor.reshaped(Array(tensor.shape.dropFirst())) : tensor
  }

  /// The volume with its place in the body; `nil` for what is none.
  func volume() throws(ExplainingError) -> NIfTIFile? {
    guard case .volumeFile = content else { return nil }
    return try explaining { try NIfTIFile(contentsOf: name) }
  }

  /// The pixels, of a file at most as many as `pixelLimit`; `nil` for an array.
  func raster(pixelLimit: Int) throws(ExplainingError) -> Raster? {
    switch content {
    case .photograph: try explaining { try Raster(contentsOf: name, pixelLimit: pixelLimit) }
    case .raster(let given): given
    case .drawing(let draw): try explaining { try draw() }
    case .arrayFile, .volumeFile, .array: nil
    }
  }
}

/// A picture that arrives by the standard input, which can be read once.
private final class StandardInput: Sendable {
  private let decoded = Mutex<Raster?>(nil)

  func raster() throws -> Raster {
    try decoded.withLock { decoded in
      let picture = try decoded ?? Raster(contentsOfStandardInputNamed: "standard input")
      decoded = picture
      return picture
    }
  }
}
