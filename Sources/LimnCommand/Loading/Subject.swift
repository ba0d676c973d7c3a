import AttributionKit
import DemoNetwork
import Foundation
import Images
import Tensors

/// A picture to explain: as people see it and as the network receives it.
struct Subject {
  /// The file as the user named it, or a scene's name.
  let name: String
  let photograph: Raster
  /// In the network's own shape, without the batch.
  let input: Tensor
  /// Where the input lies on the photograph.
  let geometry: ImageGeometry
  /// `nil` for arrays, which are used as they are.
  let preprocessing: Preprocessing?

  /// Where the input lies on what users count pixels of: the photograph, or the array itself.
  var frame: ImageGeometry {
    get throws {
      guard preprocessing == nil else { return geometry }
      let (width, height) = (geometry.inputWidth, geometry.inputHeight)
      return try Preprocessing(resize: .exact)
        .geometry(originalWidth: width, originalHeight: height, height: height, width: width)
    }
  }

  /// The name without folders.
  var title: String { URL(fileURLWithPath: name).lastPathComponent }
}

extension Subject {
  /// Whether a file holds the network's input itself.
  static func isArray(_ path: String) -> Bool { path.lowercased().hasSuffix(".npy") }

  /// Reads what the user named: a photograph, unless it is at hand, an array, or for the demo network one of its scenes.
  init(_ name: String, at hand: Raster? = nil, for classifier: Classifier) throws {
    if let hand {
      try self.init(name, hand, for: classifier)
    } else if Subject.isArray(name) {
      self = try Subject(array: name, for: classifier)
    } else if classifier.origin.isDemo, let scene = Subject.scene(named: name) {
      self = try Subject(name, scene.drawn().raster, for: classifier)
    } else {
      try self.init(name, Raster(contentsOf: name), for: classifier)
    }
  }

  /// A photograph, prepared for the network.
  init(_ name: String, _ photograph: Raster, for classifier: Classifier) throws {
    guard let preprocessing = classifier.preprocessing, let extent = classifier.inputExtent else {
      let shape = classifier.model.input.shape.map(String.init).joined(separator: " × ")
      throw Failure.badData(
        "the network takes \(shape), which no photograph fills: give a .npy array of that shape instead of \(name)")
    }
    let prepared = try preprocessing.prepare(
      photograph, height: extent.height, width: extent.width, channels: extent.channels)
    self.init(
      name: name, photograph: photograph, input: prepared.tensor, geometry: prepared.geometry,
      preprocessing: preprocessing)
  }

  /// A scene that comes with the command, unless a file goes by its name.
  static func scene(named name: String) -> ShowcaseScene? {
    guard !FileManager.default.fileExists(atPath: name) else { return nil }
    return DemoNetwork.scenes.first { $0.name == name }
  }
}
