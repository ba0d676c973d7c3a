import AttributionKit
import Explaining
import Testing

/// Methods as other libraries have them.
@Suite struct CompatibilityOptionTests {
  @Test(arguments: PeerLibrary.allCases) func `what a library does otherwise can be set`(library: PeerLibrary) throws {
    #expect(!library.deviations.isEmpty || !library.metricDeviations.isEmpty)
    var catalogue = Catalogue()
    catalogue.compatibility = library
    for deviation in library.deviations {
      let method = try catalogue.expressions(deviation.identifier)[0]
      #expect(method.identifier != deviation.identifier, "it has other settings than its own")
      let written = try Catalogue().expressions(deviation.expression)[0]
      #expect(method.identifier == written.identifier && method.title == written.title)
    }
  }

  @Test(arguments: PeerLibrary.allCases) func `what a library does otherwise in metrics can be set`(
    library: PeerLibrary
  ) throws {
    for deviation in library.metricDeviations {
      let metric = try #require(Catalogue().metrics.first { $0.identifier == deviation.identifier })
      let made = try MetricExpression(metric, deviation.settings)
      #expect(made.identifier != deviation.identifier, "it has other settings than its own")
    }
  }

  @Test func `what is written goes first, and sets follow`() throws {
    var catalogue = Catalogue()
    catalogue.compatibility = .pytorchGradCAM
    func identifiers(_ text: String) throws -> [String] { try catalogue.expressions(text).map(\.identifier) }
    #expect(
      try identifiers("grad-cam++, smooth(xgrad-cam), cam") == [
        "grad-cam++(epsilon=1e-06)", "smooth(xgrad-cam(epsilon=1e-07))", "cam",
      ])
    #expect(
      try identifiers("grad-cam++(epsilon=0.5), fem(deviations=1.0)") == [
        "grad-cam++(epsilon=0.5)", "fem(deviations=1.0, form=shares)",
      ])
    #expect(try identifiers("cams").contains("fem(form=shares)"))
    #expect(try Catalogue().expressions("fem")[0].identifier == "fem")
  }
}
