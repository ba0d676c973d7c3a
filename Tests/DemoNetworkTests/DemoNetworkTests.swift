import DemoNetwork
import Images
import Testing

@Suite struct DemoNetworkTests {
  @Test func `the embedded network is an ONNX file of at most two megabytes`() {
    let bytes = DemoNetwork.onnx
    #expect(bytes.count > 100_000)
    #expect(bytes.count <= 2_000_000)
    // An ONNX model begins with its first field, the format's version, as a variable-length integer.
    #expect(bytes.prefix(1) == [0x08])
    #expect((3...13).contains(bytes[1]))
  }

  @Test(arguments: ["Conv", "BatchNormalization", "Relu", "Add", "GlobalAveragePool", "Gemm", "image", "logits"])
  func `the embedded network has the parts that every method needs`(name: String) {
    let word = Array(name.utf8)
    // A string in protobuf is preceded by its length.
    let pattern = [UInt8(word.count)] + word
    #expect(DemoNetwork.onnx.firstRange(of: pattern) != nil)
  }

  @Test func `there is a label for each kind, and preprocessing for each channel`() {
    #expect(DemoNetwork.labels.count == ObjectKind.allCases.count)
    #expect(Set(DemoNetwork.labels).count == DemoNetwork.labels.count)
    #expect(DemoNetwork.mean.count == 3)
    #expect(DemoNetwork.standardDeviation.count == 3)
    #expect(DemoNetwork.standardDeviation.allSatisfy { $0 > 0 })
  }

  @Test func `the showcase has names of its own, pairs and single objects`() {
    let scenes = DemoNetwork.scenes
    #expect((4...6).contains(scenes.count))
    #expect(Set(scenes.map(\.name)).count == scenes.count)
    #expect(Set(scenes.map(\.kinds.count)) == [1, 2])
    for scene in scenes {
      let drawn = scene.drawn(side: 32)
      #expect(drawn.objects.map(\.kind) == scene.kinds)
      #expect(drawn.raster.width == 32)
      #expect(drawn.raster.height == 32)
    }
    #expect(scenes[0].drawn().raster.width == DemoNetwork.displayedSide)
  }
}
