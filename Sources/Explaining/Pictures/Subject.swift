public import AttributionKit
import Foundation
public import Images
public import Tensors

/// A picture to explain: as people see it and as the network receives it.
public struct Subject: Sendable {
  /// What the picture is called: the file as the user named it.
  public let name: String
  /// As people see it: the photograph, or an array's numbers as levels.
  public let photograph: Raster
  /// In the network's own shape, without the batch.
  public let input: Tensor
  /// Where the input lies on the photograph.
  public let geometry: ImageGeometry
  /// How it was prepared; `nil` for arrays, which are used as they are.
  public let preprocessing: Preprocessing?

  /// Whether the array that was given has its channels last and the network first, or the other way round: pixels are
  /// handed back as they came.
  public var isTransposed = false
  /// How a volume, a film or a signal is seen as a picture; `nil` of pictures.
  public var stack: StackedGrid?
  /// The file that a volume came from, with its place in the body; `nil` of others.
  public var volume: NIfTIFile?
  /// For each axis of the volume's file, the network's own; in order of most.
  public var volumeAxes = [0, 1, 2]
  /// What people should know of how the picture was taken.
  public var notes: [Note] = []

  /// The name without folders.
  public var title: String { URL(fileURLWithPath: name).lastPathComponent }

  /// Where the input lies on what people count pixels of: the photograph, or the array itself.
  public var frame: ImageGeometry {
    get throws(ExplainingError) {
      guard preprocessing == nil else { return geometry }
      let (width, height) = (geometry.inputWidth, geometry.inputHeight)
      return try explaining {
        try Preprocessing(resize: .exact)
          .geometry(originalWidth: width, originalHeight: height, height: height, width: width)
      }
    }
  }
}

extension Explainer {
  /// A picture made ready for the network.
  ///
  /// - Parameters:
  ///   - picture: what is shown.
  ///   - raster: its pixels, where they are at hand.
  /// - Returns: The picture as people see it and as the network receives it.
  /// - Throws: ``ExplainingError`` where it cannot be read, or does not fit the network's input.
  func subject(_ picture: Picture, at raster: Raster? = nil) throws(ExplainingError) -> Subject {
    if let stack = StackedGrid(model.input) { return try subject(picture, seenAs: stack) }
    if let array = try picture.array() { return try subject(array, named: picture.name) }
    var photograph = raster
    if photograph == nil { photograph = try picture.raster(pixelLimit: pixelLimit) }
    guard let photograph, let preprocessing, let grid else {
      throw .data(
        "the network takes \(Wording.extent(model.input.shape)), which no photograph fills: give a .npy array of that "
          + "shape instead of \(picture.name)")
    }
    let prepared = try explaining {
      try preprocessing.prepare(photograph, height: grid.height, width: grid.width, channels: grid.channels)
    }
    var subject = Subject(
      name: picture.name, photograph: photograph, input: prepared.tensor, geometry: prepared.geometry,
      preprocessing: preprocessing)
    let seen = prepared.geometry.seenShare
    if seen < 0.5 {
      subject.notes.append(
        Note(
          "the network sees \(Wording.percent(Float(seen))) of \(picture.name), its centre: the crop leaves out the rest",
          about: .fit))
    }
    return subject
  }
}
