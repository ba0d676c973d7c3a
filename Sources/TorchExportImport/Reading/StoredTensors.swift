import Archives
import GraphEngine
import Kernels
import NetworkDefinitions

/// The parameters, buffers and constants of a program.
struct StoredTensors: Sendable {
  /// A tensor, and of a matrix in a mapped file the same with rows and columns exchanged.
  struct Tensor {
    let array: NDArray
    let kind: ElementType.Kind
    var turned: NDArray?
  }

  private(set) var arrays: [String: Tensor] = [:]

  /// - Parameters:
  ///   - archive: where they are.
  ///   - file: the archive as a mapped file, where it is one: what is stored there as it is stays there until it is used.
  ///   - place: where in it the program is.
  ///   - wanted: their names in the program.
  /// - Throws: ``TorchExportError`` where one is stored as what is never opened, or does not fit its own description.
  init(
    _ archive: borrowing ZipArchive, of file: MappedFile?, _ place: Place, wanted: Set<String>
  ) throws(TorchExportError) {
    let stored = file.flatMap { try? ZipDirectory($0.bytes) }?.members ?? [:]
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
        if let file, let range = stored[member] {
          let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[range])
          if let tensor = try Self.tensor(name, entry["tensor_meta"], bytes, at: (file, range.lowerBound)) {
            arrays[name] = tensor
          }
          continue
        }
        guard let bytes = try archive.bytes(member) else {
          throw .malformed(reason: "'\(member)' is missing")
        }
        if let tensor = try Self.tensor(name, entry["tensor_meta"], bytes.buffer) { arrays[name] = tensor }
      }
    }
  }

  private static func tensor(
    _ name: String, _ meta: JSON, _ bytes: UnsafeRawBufferPointer, at place: (file: MappedFile, start: Int)? = nil
  ) throws(TorchExportError) -> Tensor? {
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
    let isWhole = isRowMajor || !reaches(shape, strides, from: start, within: stored)
    let first = isWhole && !(isRowMajor && start > 0 && start <= stored - count) ? 0 : start
    if let place, let kept = type.nameInWeights {
      let tensor = FileTensor(
        in: place.file, at: place.start + first * size, type: kept, shape: shape, strides: isWhole ? nil : strides)
      if let array = try? tensor.array(named: name) {
        let turned = shape.count == 2 ? try? tensor.transposed.array(named: name).asConstant() : nil
        return Tensor(array: array.asConstant(), kind: type.kind, turned: turned)
      }
    }
    var scalars = [Float](repeating: 0, count: count)
    if isWhole {
      for index in 0..<count { scalars[index] = type.number(in: bytes, at: (first + index) * size) }
    } else {
      for index in 0..<count {
        var place = start
        for axis in shape.indices { place += index / inner[axis] % shape[axis] * strides[axis] }
        scalars[index] = type.number(in: bytes, at: place * size)
      }
    }
    return Tensor(array: NDArray(scalars, shape: shape).asConstant(), kind: type.kind)
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
