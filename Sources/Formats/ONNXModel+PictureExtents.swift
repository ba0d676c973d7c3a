import AttributionKit
import GraphEngine
import Kernels
import ONNXImport

extension ONNXModel {
  /// Values of inputs that say how large the picture is or which of its pixels count, where nobody gave any: those of a
  /// picture that fills the network's input.
  ///
  /// Deployed detectors take them besides the image: `orig_target_sizes` `[1, 2]`, to which boxes are stretched, and
  /// `pixel_mask` `[1, height, width]`, which marks what is no padding.
  ///
  /// - Parameters:
  ///   - known: what is filled already.
  ///   - image: the height and width of the images, where somebody settled them.
  ///   - array: the shape of the array that is shown, channels first.
  /// - Returns: The values by the inputs' names, and a note for each.
  func pictureExtents(
    besides known: Set<String>, image: (height: Int, width: Int)?, array: [Int]?
  ) -> (values: [String: NDArray], notes: [Note]) {
    guard inputs.count > 1 else { return ([:], []) }
    let own = inputs.lazy.compactMap { input in input.fixedExtents.flatMap { $0.count == 4 ? ($0[2], $0[3]) : nil } }
    let shown = array.flatMap { $0.count == 3 ? ($0[1], $0[2]) : nil }
    guard let (height, width) = own.first ?? image.map({ ($0.height, $0.width) }) ?? shown else { return ([:], []) }
    var (values, notes): ([String: NDArray], [Note]) = ([:], [])
    for input in inputs where !known.contains(input.name) {
      let name = input.name.lowercased(), rank = input.shape?.count ?? 0
      if name.contains("size"), input.fixedExtents?.last == 2 || rank == 2, (1...2).contains(rank) {
        // RT-DETR and its kin have the width first.
        let extents = name.contains("orig") ? [width, height] : [height, width]
        values[input.name] = NDArray(extents.map(Float.init), shape: rank == 2 ? [1, 2] : [2])
        notes.append(
          Note(
            "the input '\(elided(input.name, to: 60))' is filled with the size of the network's image, "
              + "\(extents[0]) and \(extents[1])", about: .fixedInputs))
      } else if name.contains("pixel_mask"), rank == 3 {
        values[input.name] = NDArray([Float](repeating: 1, count: height * width), shape: [1, height, width])
        notes.append(
          Note(
            "the input '\(elided(input.name, to: 60))' is filled with ones: no pixel of the picture is padding",
            about: .fixedInputs))
      }
    }
    return (values, notes)
  }
}

extension ONNXValue {
  /// The extents of all axes, one of images that is left open taken for one; `nil` where others are left open.
  fileprivate var fixedExtents: [Int]? {
    guard let shape else { return nil }
    let extents = shape.enumerated().map { axis, extent -> Int? in
      if case .fixed(let value) = extent { return value }
      return axis == 0 ? 1 : nil
    }
    return extents.contains(nil) ? nil : extents.compactMap { $0 }
  }
}
