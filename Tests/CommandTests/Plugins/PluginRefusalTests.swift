#if os(Linux)
  import Foundation
  import Testing

  /// Everything that can be wrong with a plugin: one sentence with the remedy, status 65, and nobody else suffers.
  @Suite struct PluginRefusalTests {
    let folder: Folder
    let fixture: PluginFixture

    init() throws {
      folder = try Folder()
      fixture = try PluginFixture.shared()
    }

    /// Asks for the methods with a plugin of these bytes, and expects this to be said of it.
    func expectRefusal(of bytes: Data, _ words: String, status: Int32 = 65) throws {
      try folder.write(bytes, to: "plugin.so")
      let run = try Command.run(["methods", "--plugin", "plugin.so"], in: folder)
      #expect(run.status == status, "\(run.errors)")
      #expect(run.output.isEmpty)
      #expect(run.errors.hasPrefix("limn: plugin.so "), "\(run.errors)")
      #expect(run.errors.contains(words), "\(run.errors)")
      #expect(run.errors.contains(": "), "the remedy follows a colon")
      #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }

    @Test(arguments: [
      ("Throws", "refused to register: it needs a camera: plug one in"),
      ("Fails", "its entry point returned 7"),
      ("NoEntry", "has no entry point 'limn_plugin_register'"),
      ("NoStamp", "bears no stamp"),
      ("Taken", "adds a method 'grad-cam', which limn has built in"),
      ("Clumsy", "adds a colour map called 'Rust & Gold'"),
    ]) func `A library that does not do its part is refused`(name: String, words: String) throws {
      try expectRefusal(of: fixture.bytes(name), words)
    }

    @Test(arguments: [
      (";kit=0.", ";kit=9.", "was built for limn 9."),
      (";epoch=2;", ";epoch=7;", "against another LimnKit (epoch 7"),
      (";epoch=2;", ";epoch=1;", "against another LimnKit (epoch 1, and this limn has 2)"),
      (";cc=Cl", ";cc=GN", "by another build of the same Swift (GN"),
    ]) func `A plugin for another limn is refused before it is loaded`(
      text: String, other: String, words: String
    ) throws {
      try expectRefusal(of: fixture.patched(text, by: other), words)
    }

    @Test func `A plugin for another interface or compiler is refused before it is loaded`() throws {
      let text = String(decoding: try fixture.bytes("Good"), as: UTF8.self)
      let abi = try #require(text.firstMatch(of: /;abi=([0-9a-f]{16});/)).1
      try expectRefusal(of: fixture.patched(";abi=\(abi)", by: ";abi=" + "deadbeefdeadbeef"), "(abi deadbeefdeadbeef,")
      let swift = try #require(text.firstMatch(of: /;swift=([0-9]{5});/)).1
      try expectRefusal(of: fixture.patched(";swift=\(swift)", by: ";swift=50900"), "was built by Swift 5.9,")
    }

    @Test func `A file that is no library is refused`() throws {
      try expectRefusal(of: Data("hello\n".utf8), "is not a shared library")
      try expectRefusal(of: Data(), "is not a shared library")
      try expectRefusal(of: Data(contentsOf: URL(fileURLWithPath: "/bin/sh")), "bears no stamp")
      var object = try fixture.bytes("Good")
      object[16] = 1
      try expectRefusal(of: object, "is a program or an object file")
      var foreign = try fixture.bytes("Good")
      foreign[18] = 8
      try expectRefusal(of: foreign, "is a library for another kind of processor")
    }

    @Test func `A library that was cut short is refused wherever the cut is`() throws {
      let whole = try fixture.bytes("Good")
      for length in [64, 200, 4096, whole.count / 3, whole.count / 2, whole.count - 4096, whole.count - 1] {
        try expectRefusal(of: whole.prefix(length), "is damaged or was cut short")
      }
    }

    @Test func `Headers full of nonsense are refused`() throws {
      for offset in [32, 40, 54, 56, 58, 60] {
        var bytes = try fixture.bytes("Good")
        bytes.replaceSubrange(offset..<offset + 2, with: [0xFF, 0xFF])
        if offset == 32 || offset == 40 {
          bytes.replaceSubrange(offset + 2..<offset + 8, with: Array(repeating: 0xFF, count: 6))
        }
        try expectRefusal(of: bytes, "is damaged or was cut short")
      }
    }

    @Test func `A plugin that needs what is not there is refused`() throws {
      try expectRefusal(
        of: fixture.patched("$s14AttributionKit15PluginRegistrarC3add", by: "$s14AttributionKit15PluginRegistrarC3axx"),
        "cannot be linked (undefined symbol")
      try expectRefusal(
        of: fixture.patched("libswiftCore.so", by: "libswiftCure.so"), "cannot be linked (libswiftCure.so: ")
    }

    @Test func `A plugin with a copy of the kit inside is refused`() throws {
      try expectRefusal(of: fixture.bytes("Good") + fixture.bytes("LimnKit"), "contains a copy of LimnKit")
    }

    @Test func `A plugin that is not there is a missing input`() throws {
      let run = try Command.run(["methods", "--plugin", "none.so"], in: folder)
      #expect(run.status == 66)
      #expect(run.errors.contains("there is no plugin none.so"))
    }

    @Test func `A name taken by another plugin is refused, and nothing of the second is added`() throws {
      let run = try Command.run(
        ["methods", "--plugin", fixture.path("Good"), "--plugin", fixture.path("Twice")], in: folder)
      #expect(run.status == 65)
      #expect(run.errors.contains("adds a colour map 'rust', which \(fixture.path("Good")) has added: rename one"))
    }

    @Test func `A plugin that anyone may change is refused`() throws {
      try folder.write(fixture.bytes("Good"), to: "plugin.so")
      chmod(folder.path("plugin.so"), 0o646)
      var run = try Command.run(["methods", "--plugin", "plugin.so"], in: folder)
      #expect(run.status == 65)
      #expect(run.errors.contains("anyone may write to ") && run.errors.contains("chmod o-w"))

      chmod(folder.path("plugin.so"), 0o644)
      chmod(folder.url.path, 0o757)
      run = try Command.run(["methods", "--plugin", "plugin.so"], in: folder)
      #expect(run.status == 65 && run.errors.contains("anyone may write to "))

      // As in /tmp, where nobody may replace another's file.
      chmod(folder.url.path, 0o1777)
      #expect(try Command.run(["methods", "--plugin", "plugin.so"], in: folder).status == 0)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away")) func `Another user's plugin is refused`()
      throws
    {
      try folder.write(fixture.bytes("Good"), to: "plugin.so")
      chown(folder.path("plugin.so"), 4321, 4321)
      let run = try Command.run(["methods", "--plugin", "plugin.so"], in: folder)
      #expect(run.status == 65 && run.errors.contains("belongs to another user"))
    }

    @Test func `A broken plugin that is installed is reported once and left out`() throws {
      try FileManager.default.createDirectory(
        atPath: folder.path("data/limn/plugins"), withIntermediateDirectories: true)
      for (name, bytes) in [
        ("libA.so", Data("hello".utf8)), ("libB.so", try fixture.bytes("Throws")),
        ("libC.so", try fixture.bytes("Good")),
        ("libD.so", try fixture.bytes("Taken")),
      ] { try folder.write(bytes, to: "data/limn/plugins/\(name)") }
      let run = try Command.run(["methods"], in: folder)
      #expect(run.status == 0)
      #expect(run.output.contains("scaled-gradient"))
      let notes = run.errors.split(separator: "\n")
      #expect(notes.count == 3)
      #expect(notes.allSatisfy { $0.hasPrefix("limn: note: left out a plugin: ") })
      // What needs no method loads none.
      #expect(try Command.run(["networks"], in: folder).errors.isEmpty)
    }
  }
#endif
