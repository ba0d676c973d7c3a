import GraphEngine

/// A file that `torch.save` wrote: a pickle, and the numbers of its tensors beside it.
///
/// Both layouts are read, the zip archive of PyTorch 1.6 and later and the row of pickles before it; see `torch/serialization.py`.
struct TorchCheckpoint {
  let data: PickledData
  let path: String
  private let file: MappedFile
  private let isBigEndian: Bool
  /// Where each storage lies, by its key.
  private let storages: [String: Range<Int>]

  /// - Throws: ``NetworkError/malformedCheckpoint(_:reason:)``, ``NetworkError/missingFile(_:)``,
  ///   ``NetworkError/unreadableFile(_:reason:)``.
  init(_ path: String) throws(NetworkError) {
    file = try MappedFile(path)
    self.path = path
    do throws(PickleError) {
      let layout =
        file.bytes.starts(with: [0x50, 0x4B]) ? try Layout(archive: file.bytes) : try Layout(pickles: file.bytes)
      (data, isBigEndian, storages) = (layout.data, layout.isBigEndian, layout.storages)
    } catch {
      throw .malformedCheckpoint(path, reason: "it " + error.reason)
    }
  }

  /// Whether a file may be one, by its first bytes.
  static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 3, 4])
      || bytes.count > 2 && bytes[0] == 0x80 && (2...5).contains(bytes[1])
  }

  fileprivate struct Layout {
    var data: PickledData
    var isBigEndian = false
    var storages: [String: Range<Int>] = [:]
  }
}

// MARK: - Layouts

extension TorchCheckpoint.Layout {
  /// `STEM/data.pkl` and `STEM/data/KEY` in a zip archive.
  init(archive bytes: UnsafeRawBufferPointer) throws(PickleError) {
    let directory = try ZipDirectory(bytes)
    func stem(_ name: String) -> String? {
      name == "data.pkl" ? "" : name.hasSuffix("/data.pkl") ? String(name.dropLast(8)) : nil
    }
    guard let stem = directory.members.keys.compactMap(stem).min() else {
      let isPacked = directory.packed.contains { stem($0) != nil }
      throw PickleError(
        isPacked ? "is a compressed archive, which torch.save never writes" : "is an archive without a data.pkl")
    }
    guard let pickle = directory.members[stem + "data.pkl"] else { throw PickleError("lacks its data.pkl") }
    var position = 0
    let part = UnsafeRawBufferPointer(rebasing: bytes[pickle])
    data = try PickleMachine.read(part, from: &position)
    isBigEndian = directory.members[stem + "byteorder"].map { bytes[$0].starts(with: "big".utf8) } ?? false
    for (name, range) in directory.members where name.hasPrefix(stem + "data/") {
      storages[String(name.dropFirst(stem.count + 5))] = range
    }
  }

  /// Pickles in a row: a magic number, a version, what kind of machine wrote it, the object, and the keys of storages, whose
  /// numbers follow.
  init(pickles bytes: UnsafeRawBufferPointer) throws(PickleError) {
    var position = 0
    let first = try PickleMachine.read(bytes, from: &position)
    // 0x1950a86a20f9469cfc6c, which takes ten bytes.
    guard case .node(let number) = first.root, first.nodes[number].kind == .large else {
      data = first
      return
    }
    _ = try PickleMachine.read(bytes, from: &position)
    let system = try PickleMachine.read(bytes, from: &position)
    if case .boolean(let isLittle)? = system.value("little_endian", of: system.root) { isBigEndian = !isLittle }
    data = try PickleMachine.read(bytes, from: &position)
    let keys = try PickleMachine.read(bytes, from: &position)
    let widths = Self.storageWidths(in: data)
    for value in keys.sequence(keys.root) ?? [] {
      guard let key = keys.text(value) ?? keys.integer(value).map(String.init), position <= bytes.count - 8 else {
        throw PickleError("ends before the numbers of its tensors")
      }
      let raw = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let count = isBigEndian ? UInt64(bigEndian: raw) : UInt64(littleEndian: raw)
      position += 8
      guard let width = widths[key] else { throw PickleError("holds numbers that belong to no tensor") }
      let (size, overflows) = count.multipliedReportingOverflow(by: UInt64(width))
      guard !overflows, size <= UInt64(bytes.count - position) else {
        throw PickleError("ends within the numbers of a tensor, as a file does that was cut off")
      }
      storages[key] = position..<position + Int(size)
      position += Int(size)
    }
  }

  /// The bytes of a scalar of each storage that a pickle mentions, by its key.
  private static func storageWidths(in data: PickledData) -> [String: Int] {
    var widths: [String: Int] = [:]
    for node in data.nodes where node.kind == .persistent {
      guard let storage = StorageReference(node, in: data), let width = ElementFormat.width(of: storage.type) else {
        continue
      }
      widths[storage.key] = width
    }
    return widths
  }
}

/// What a pickle says of a storage that lies elsewhere: `('storage', torch.FloatStorage, '0', 'cpu', 600)`.
private struct StorageReference {
  let key: String
  /// By the name of safetensors files; bytes where the tensor says what they are.
  let type: String
  let count: Int

  init?(_ node: PickleNode, in data: PickledData) {
    guard node.kind == .persistent, let parts = data.sequence(node.items[0]), parts.count >= 5,
      data.text(parts[0]) == "storage", let name = data.name(ofGlobal: parts[1]),
      let key = data.text(parts[2]) ?? data.integer(parts[2]).map(String.init), let count = data.integer(parts[4])
    else { return nil }
    let kind = name.split(separator: ".").last.map(String.init) ?? ""
    (self.key, self.count) = (key, count)
    type = Self.types[kind] ?? "U8"
  }

  private static let types = [
    "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16", "DoubleStorage": "F64",
    "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8",
    "BoolStorage": "BOOL", "ComplexFloatStorage": "C64", "ComplexDoubleStorage": "C128", "UntypedStorage": "U8",
    "QInt8Storage": "I8", "QUInt8Storage": "U8", "QInt32Storage": "I32",
  ]
}

// MARK: - Tensors

extension TorchCheckpoint {
  private static let types = [
    "float32": "F32", "float": "F32", "float16": "F16", "half": "F16", "bfloat16": "BF16", "float64": "F64",
    "double": "F64", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8", "uint16": "U16",
    "uint32": "U32", "uint64": "U64", "bool": "BOOL", "complex64": "C64", "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
  ]

  /// The tensor that a record stands for; `nil` where it is none.
  ///
  /// - Throws: ``NetworkError/malformedCheckpoint(_:reason:)``, where it is one that does not lie within its numbers.
  func tensor(_ value: PickleValue, called name: String) throws(NetworkError) -> FileTensor? {
    guard let node = data[value], let callee = data.callee(of: node), let given = data.sequence(node.items[1]) else {
      return nil
    }
    switch callee {
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
      guard let inner = given.first.flatMap({ data[$0] }) else { return nil }
      return try tensor(of: inner, called: name)
    default: return try tensor(of: node, called: name)
    }
  }

  private func tensor(of node: PickleNode, called name: String) throws(NetworkError) -> FileTensor? {
    guard var callee = data.callee(of: node), var given = data.sequence(node.items[1]) else { return nil }
    if callee == "torch._tensor._rebuild_from_type_v2", given.count >= 3, let inner = data.name(ofGlobal: given[0]) {
      (callee, given) = (inner, data.sequence(given[2]) ?? [])
    }
    var type: String?
    switch callee {
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2": break
    case "torch._utils._rebuild_tensor_v3":
      guard given.count >= 7, let dtype = data.name(ofGlobal: given[6])?.split(separator: ".").last else { return nil }
      type = Self.types[String(dtype)] ?? String(dtype)
    default: return nil
    }
    func malformed(_ reason: String) -> NetworkError {
      .malformedCheckpoint(path, reason: "its tensor '\(elided(name, to: 80))' " + reason)
    }
    guard given.count >= 4, let reference = data[given[0]].flatMap({ StorageReference($0, in: data) }) else {
      throw malformed("has no numbers")
    }
    guard let storage = storages[reference.key] else { throw malformed("has its numbers in no part of the file") }
    guard let offset = data.integer(given[1]), let shape = data.integers(given[2]),
      let strides = data.integers(given[3]), shape.count == strides.count, shape.count <= 16
    else { throw malformed("has no shape") }
    // What PyTorch turns only when it is computed with.
    for bit in ["neg", "conj"] where callee.hasSuffix("_v2") && given.count > 6 {
      if case .boolean(true)? = data.value(bit, of: given[6]) {
        let turned = bit == "neg" ? "negative" : "conjugate"
        throw malformed("is stored as its \(turned); call resolve_\(bit)() before saving")
      }
    }
    let element = type ?? reference.type
    guard let width = ElementFormat.width(of: element) else {
      throw NetworkError.unsupportedElementType(tensor: name, type: element)
    }
    let room = storage.count / width
    guard !zip(shape, strides).contains(where: { $0 > 1 && $1 == 0 }) else {
      throw malformed(
        "of \(spelled(shape)) repeats numbers by a stride of 0, as expand() does; call contiguous() before saving")
    }
    guard fits(offset: offset, shape: shape, strides: strides, in: room) else {
      throw malformed("of \(spelled(shape)), strides \(spelled(strides)), does not lie within its \(room) numbers")
    }
    return FileTensor(
      in: file, at: storage.lowerBound + offset * width, type: element, shape: shape, strides: strides,
      isBigEndian: isBigEndian)
  }

  /// Whether a tensor lies within so many numbers, none of them twice.
  private func fits(offset: Int, shape: [Int], strides: [Int], in room: Int) -> Bool {
    guard offset >= 0, offset <= room, shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }) else {
      return false
    }
    if shape.contains(0) { return shape.count <= 4 && shape.allSatisfy { $0 <= 1 << 15 } }
    // From the nearest neighbours to the farthest, each axis must step over all that the ones before it span.
    var span = 1
    for (extent, stride) in zip(shape, strides).filter({ $0.0 > 1 }).sorted(by: { $0.1 < $1.1 }) {
      let (reach, overflows) = stride.multipliedReportingOverflow(by: extent - 1)
      guard stride >= span, !overflows, reach <= room else { return false }
      span += reach
    }
    return span <= room - offset
  }
}
