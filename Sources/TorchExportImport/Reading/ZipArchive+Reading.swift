import Archives

extension ZipArchive {
  /// The bytes of a member; `nil` where there is none of this name.
  func bytes(_ name: String) throws(TorchExportError) -> MemberBytes? {
    do throws(Failure) { return try member(name) } catch { throw .malformed(reason: error.reason) }
  }

  /// The JSON in a member; `nil` where there is none of this name.
  func json(_ name: String) throws(TorchExportError) -> JSON? {
    guard let bytes = try bytes(name) else { return nil }
    // Where the author's files lie is nobody's business, and most of the text.
    guard bytes.count < 1 << 29,
      let json = JSONReader.read(bytes.buffer, passingOver: ["stack_trace", "torch_fn", "from_node", "guards_code"])
    else { throw .malformed(reason: "'\(name)' holds no JSON, or too much of it") }
    return json
  }

  /// The text in a member, such as a version; `nil` where there is none of this name.
  func text(_ name: String) throws(TorchExportError) -> String? {
    guard let bytes = try bytes(name), bytes.count < 1024 else { return nil }
    return String(decoding: bytes.buffer, as: UTF8.self).filter { !$0.isWhitespace }
  }
}
