// Other calls by which browsers can be told apart.
const counted = (holder, name, api, detailOf = () => "") => {
  method(holder, name, (self, values, result, from) => {
    const detail = detailOf(values);
    if (detail !== undefined) called(api, detail, from);
  });
};

for (const name of ["WebGLRenderingContext", "WebGL2RenderingContext"]) {
  const holder = prototypeOf(name);
  // WEBGL_debug_renderer_info.
  const parameters = { __proto__: null, 0x9245: "UNMASKED_VENDOR_WEBGL", 0x9246: "UNMASKED_RENDERER_WEBGL" };
  counted(holder, "getParameter", `${name}.getParameter`, (values) => {
    const parameter = typeof values[0] === "number" ? parameters[values[0]] : undefined;
    return parameter && `parameter=${parameter}`;
  });
  counted(holder, "getSupportedExtensions", `${name}.getSupportedExtensions`);
  counted(holder, "readPixels", `${name}.readPixels`);
}

counted(prototypeOf("OfflineAudioContext"), "startRendering", "OfflineAudioContext.startRendering");
counted(prototypeOf("BaseAudioContext"), "createOscillator", "BaseAudioContext.createOscillator");
counted(prototypeOf("BaseAudioContext"), "createDynamicsCompressor", "BaseAudioContext.createDynamicsCompressor");
counted(prototypeOf("AnalyserNode"), "getFloatFrequencyData", "AnalyserNode.getFloatFrequencyData");
counted(prototypeOf("AudioBuffer"), "getChannelData", "AudioBuffer.getChannelData");
counted(prototypeOf("RTCPeerConnection"), "createDataChannel", "RTCPeerConnection.createDataChannel");
counted(prototypeOf("RTCPeerConnection"), "createOffer", "RTCPeerConnection.createOffer");
