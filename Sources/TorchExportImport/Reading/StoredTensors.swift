import Archives
import GraphEngine
import Kernels

/// The parameters, buffers and constants of a program.
struct StoredTensors: Sendable {
  private(set) var arrays: [String: (array: NDArray, kind: ElementType.Kind)] = [:]

  /// - Parameters:
  ///   - archive: where they are.
  ///   - place: where in it the program is.
  ///   - wanted: their names in the program.
  /// - Throws: ``TorchExportError`` where one is stored as what is never opened, or does not fit its own description.
  init(_ archive: borrowing ZipArchive, _ place: Place, wanted: Set<String>) throws(TorchExportError) {
    for (folder, list) in [("weights", "_weights_config.json"), ("constants", "_constants_config.json")] {
      let data = "\(place.root)data/\(folder)/"
      guard let table = try archive.json(data + place.model + list) else { continue }
      // Several names may share one member.
      for (name, entry) in (table["config"].members ?? [:]).sorted(by: { $0.key < $1.key }) where wanted.contains(name)
      {
        guard let path = entry["path_name"].text else { continue }
        if entry["use_pickle"].truth == true {
          throw .unsupportedUse(
            "the tensor '\(name)'", reason: "it is stored as a Python object, which is never opened")
        }
        let member = data + path
        guard let bytes = try archive.bytes(member) else {
          throw .malformed(reason: "'\(member)' is missing")
        }
        if let tensor = try Self.tensor(name, entry["tensor_meta"], bytes.buffer) { arrays[name] = tensor }
      }
    }
  }

  private static func tensor(
    _ name: String, _ meta: JSON, _ bytes: UnsafeRawBufferPointer
  ) throws(TorchExportError) -> (array: NDArray, kind: ElementType.Kind)? {
    func extents(_ key: String) -> [Int]? {
      meta[key].list?.map { $0["as_int"].integer ?? -1 }
    }
    guard let type = meta["dtype"].integer.flatMap(ElementType.init), let size = type.size,
      let shape = extents("sizes"), shape.allSatisfy({ $0 >= 0 }), let count = elementCount(of: shape)
    else { throw .malformed(reason: "the tensor '\(name)' has no shape or type that makes sense") }
    let inner = rowMajorStrides(of: shape)
    let strides = extents("strides") ?? inner, start = meta["storage_offset"]["as_int"].integer ?? 0
    guard strides.count == shape.count else {
      throw .malformed(reason: "the tensor '\(name)' has no strides that fit \(spelled(shape))")
    }
    let isRowMajor = shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == inner[$0] }
    // The engine has no arrays without elements.
    if shape.contains(0) { return nil }
    let stored = bytes.count / size
    guard stored >= count else {
      throw .malformed(reason: "the tensor '\(name)' has \(bytes.count) bytes, too few for \(spelled(shape))")
    }
    // Views are stored whole, or as what they show.
    var scalars = [Float](repeating: 0, count: count)
    if isRowMajor || !reaches(shape, strides, from: start, within: stored) {
      let first = isRowMajor && start > 0 && start <= stored - count ? start : 0
      for index in 0..<count { scalars[index] = type.number(in: bytes, at: (first + index) * size) }
    } else {
      for index in 0..<count {
        var place = start
        for axis in shape.indices { place += index / inner[axis] % shape[axis] * strides[axis] }
        scalars[index] = type.number(in: bytes, at: place * size)
      }
    }
    return (NDArray(scalars, shape: shape).asConstant(), type.kind)
  }

  /// Whether a view lies within so many elements.
  private static func reaches(_ shape: [Int], _ strides: [Int], from start: Int, within stored: Int) -> Bool {
    guard start >= 0, strides.allSatisfy({ $0 >= 0 }) else { return false }
    var last = start
    for (extent, stride) in zip(shape, strides) {
      let (distance, isTooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (place, isBeyond) = last.addingReportingOverflow(distance)
      guard !isTooFar, !isBeyond, place < stored else { return false }
      last = place
    }
    return last < stored
  }
}
