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
  /// The input that it fills, where the network has several.
  public private(set) var inputName: String?
  /// How a volume, a film or a signal is seen as a picture; `nil` of pictures.
  public var stack: StackedGrid?
  /// The file that a volume came from, with its place in the body; `nil` of others.
  public var volume: NIfTIFile?
  /// For each axis of the volume's file, the network's own; in order of most.
  public var volumeAxes = [0, 1, 2]
  /// What people should know of how the picture was taken.
  public var notes: [Note] = []

  /// The name without folders, behind that of the input where the network has several.
  public var title: String {
    let file = URL(fileURLWithPath: name).lastPathComponent
    return inputName.map { "\($0): \(file)" } ?? file
  }

  /// The same picture, known to fill this one of several inputs.
  func filling(_ input: String) -> Subject {
    var named = self
    named.inputName = input
    return named
  }

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
  /// How a photograph is prepared: one of as many channels as the network wants by the same numbers for all of them.
  private func preprocessing(for photograph: Raster) throws(ExplainingError) -> Preprocessing? {
    if let preprocessing { return preprocessing }
    guard let bands = photograph.bands else { return nil }
    let shape = model.input.shape
    // Which end has the channels, the number of them tells.
    guard shape.count == 3, shape[0] == bands.count, let grid else { return nil }
    return try recipe.preprocessing(for: grid)
  }

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
    guard let photograph, let grid, let preprocessing = try preprocessing(for: photograph) else {
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
    subject.notes = photograph.remarks.map { Note("\(picture.name) \($0)") }
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
