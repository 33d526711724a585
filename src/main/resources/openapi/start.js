// To read only: the router's port is another origin, and takes no requests from browsers.
window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: 'openapi.json',
    dom_id: '#api',
    deepLinking: true,
    supportedSubmitMethods: [],
    validatorUrl: null
  });
};
